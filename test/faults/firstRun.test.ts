import { afterAll, beforeEach, expect, test } from "bun:test";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { FILES } from "../../src/storage/sqlite/files.ts";
import { ServerProcess, serveToEnd } from "../support/faults/serverProcess.ts";
import { bearer, MOMENT, VALIDATE_PATH } from "../support/requests.ts";
import { throwAwayFolder, write } from "../support/server.ts";

const TEST_MS_MAX = 60_000;
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

const parent = throwAwayFolder();
let folder = "";
let made = 0;
beforeEach(() => {
  folder = join(parent, String(++made));
  mkdirSync(folder);
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

/** Starts a server without a terminal. @returns the status of a write with the token that it told */
async function writeWithToldToken(): Promise<number> {
  await using server = await ServerProcess.start({ folder });
  const token = UUID.exec(readFileSync(join(folder, FILES.firstRun), "utf8"))?.[0] as string;
  return (await write(server.origin, token, MOMENT, 75)).status;
}

function mode(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

test(
  "a first token that cannot be told is not made: the next start tells one that works",
  async () => {
    const file = join(folder, FILES.firstRun);
    mkdirSync(file);
    const { exitCode, stdout, stderr } = await serveToEnd({ folder });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).toMatch(
      /^The first user's token cannot be written to [^\n]+ Move away what is there\.\n$/,
    );
    rmSync(file, { recursive: true });
    expect(await writeWithToldToken()).toBe(200);
  },
  TEST_MS_MAX,
);

test(
  "the first token may do everything that somebody may do with what is theirs, and nothing that is an app's",
  async () => {
    await using server = await ServerProcess.start({ folder });
    const introduction = readFileSync(join(folder, FILES.firstRun), "utf8");
    const token = UUID.exec(introduction)?.[0] as string;
    const response = await fetch(`${server.origin}${VALIDATE_PATH}`, { headers: bearer(token) });
    const { scopes } = (await response.json()) as { readonly scopes: readonly string[] };
    expect(scopes).toEqual([
      "data:heart_rate:read",
      "data:heart_rate:write",
      "data:statistics:read",
      "data:room:read",
      "data:room:write",
      "profile:read",
      "widgets:read",
      "widgets:update",
    ]);
    expect(introduction).toContain('It may do everything\nthat "me" may; give apps tokens of their own.');
  },
  TEST_MS_MAX,
);

test(
  "a file or link that stands where the first token goes does not get it",
  async () => {
    const elsewhere = join(parent, "elsewhere.txt");
    writeFileSync(elsewhere, "mine");
    symlinkSync(elsewhere, join(folder, FILES.firstRun));
    expect(await writeWithToldToken()).toBe(200);
    expect(readFileSync(elsewhere, "utf8")).toBe("mine");
    expect(lstatSync(join(folder, FILES.firstRun)).isFile()).toBe(true);

    const open = join(parent, "open");
    mkdirSync(open);
    writeFileSync(join(open, FILES.firstRun), "");
    chmodSync(join(open, FILES.firstRun), 0o644);
    folder = open;
    expect(await writeWithToldToken()).toBe(200);
    expect(mode(join(open, FILES.firstRun))).toBe("600");
  },
  TEST_MS_MAX,
);

test(
  "only its owner may look into a data folder, and into the files in one that others made",
  async () => {
    chmodSync(folder, 0o755);
    await using inOpen = await ServerProcess.start({ folder });
    const files = readdirSync(folder).map((name) => [name, mode(join(folder, name))]);
    expect(files.length).toBeGreaterThan(3);
    expect(files.filter(([, rights]) => rights !== "600")).toEqual([]);

    const fresh = join(folder, "fresh");
    await using inFresh = await ServerProcess.start({ folder: fresh });
    expect(mode(fresh)).toBe("700");
    expect(inOpen.origin).not.toBe(inFresh.origin);
  },
  TEST_MS_MAX,
);
