import { afterAll, beforeEach, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
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
import type { EpochMs } from "../../src/domain/reading.ts";
import type { Profile } from "../../src/storage/directory.ts";
import { FILES } from "../../src/storage/sqlite/files.ts";
import { SqliteDirectory } from "../../src/storage/sqlite/sqliteDirectory.ts";
import { ServerProcess, serveToEnd } from "../support/faults/serverProcess.ts";
import { bearer, MOMENT, VALIDATE_PATH } from "../support/requests.ts";
import { throwAwayFolder, write } from "../support/server.ts";
import { PASSWORD, PageBrowser } from "../support/session/browser.ts";

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

/** Works on the users of the folder, as a command beside the server does. */
async function inDirectory<Result>(work: (directory: SqliteDirectory) => Promise<Result>): Promise<Result> {
  const directory = await SqliteDirectory.open(join(folder, FILES.control));
  try {
    return await work(directory);
  } finally {
    await directory.close();
  }
}

test(
  "where people have accounts the operator is told no token of theirs, though there is none",
  async () => {
    const profiles = () => inDirectory(async (directory) => (await directory.listProfiles()).length);
    await inDirectory(async ({ people }) => {
      const person = { id: "1", name: "me", email: "anna@example.org" };
      const at = new Date(0).toISOString();
      const columns = { email_verified: 0, created_at: at, updated_at: at };
      await people.database.db
        .insertInto("person")
        .values({ ...person, ...columns })
        .execute();
      await people.profileOf(person, 0 as EpochMs);
    });
    await using server = await ServerProcess.start({ folder });
    await server.stop();
    expect(existsSync(join(folder, FILES.firstRun))).toBe(false);
    expect(await inDirectory((directory) => directory.hasTokens())).toBe(false);
    expect(await profiles()).toBe(1);
  },
  TEST_MS_MAX,
);

test(
  "a folder whose only user was erased is as good as new: another token is told, which works",
  async () => {
    expect(await writeWithToldToken()).toBe(200);
    await inDirectory(async (directory) => {
      const { id } = (await directory.findProfile("me")) as Profile;
      await directory.erasures.begin(id, 0 as EpochMs);
    });
    expect(await writeWithToldToken()).toBe(200);
  },
  TEST_MS_MAX,
);

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
  "the first start tells a link that makes the owner's account once, and later starts tell none",
  async () => {
    const file = join(folder, FILES.firstRun);
    let code = "";
    {
      await using server = await ServerProcess.start({ folder });
      const introduction = readFileSync(file, "utf8");
      const [, origin, found = ""] = /^ {2}(\S+)\/sign-up#([\w-]{14})$/m.exec(introduction) ?? [];
      expect(origin).toBe(server.origin);
      expect(introduction).toContain('Make your account, which "me" then belongs to, within 24 hours:');
      code = found;
      const browser = new PageBrowser(server.origin);
      expect(await (await browser.post("link", { code })).json()).toEqual({ kind: "claim", profile: "me" });
      const account = { email: "anna@example.org", name: "Anna", password: PASSWORD };
      expect((await browser.post("sign-up", { ...account, code })).status).toBe(200);
      const token = UUID.exec(introduction)?.[0] as string;
      const validated = await fetch(`${server.origin}${VALIDATE_PATH}`, { headers: bearer(token) });
      const { profile_id: ofToken } = (await validated.json()) as { readonly profile_id: string };
      expect(await (await browser.post("token")).json()).toMatchObject({ profile_id: ofToken });
    }
    rmSync(file);
    await using server = await ServerProcess.start({ folder });
    expect(existsSync(file)).toBe(false);
    const browser = new PageBrowser(server.origin);
    expect((await browser.post("link", { code })).status).toBe(404);
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
