import { Database } from "bun:sqlite";
import { afterAll, beforeEach, expect, test } from "bun:test";
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "../../src/domain/random.ts";
import { DEFAULT_LIMITS } from "../../src/settings/limits.ts";
import { FILES } from "../../src/storage/sqlite/files.ts";
import { openFolder } from "../../src/storage/sqlite/folder.ts";
import { checkFolder, makeUsers } from "../support/faults/dataFolder.ts";
import { Ledger } from "../support/faults/ledger.ts";
import { startLoad } from "../support/faults/load.ts";
import { ServerProcess, type ServerProcessOptions, serveToEnd } from "../support/faults/serverProcess.ts";
import { throwAwayFolder } from "../support/server.ts";

const TEST_MS_MAX = 120_000;
const FAILED = 1;
const WRONG_USAGE = 2;

const parent = throwAwayFolder();
let folder = "";
let made = 0;
beforeEach(() => {
  folder = join(parent, String(++made));
  mkdirSync(folder);
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

for (const name of [FILES.readings, FILES.control, FILES.lock]) {
  test(
    `a ${name} that is not a SQLite file is told in one line and left as it is`,
    async () => {
      const file = join(folder, name);
      const content = "Dear diary, this is not a database. ".repeat(200);
      writeFileSync(file, content);
      await expectRefused({ folder }, FAILED, `${name}: this is not a SQLite file`);
      expect(readFileSync(file, "utf8")).toBe(content);
    },
    TEST_MS_MAX,
  );
}

for (const name of [FILES.readings, FILES.control]) {
  test(
    `a ${name} of another program is told in one line and left as it is`,
    async () => {
      const file = join(folder, name);
      edit(file, "CREATE TABLE recipe (name TEXT)", "INSERT INTO recipe VALUES ('soup')");
      const content = readFileSync(file);
      await expectRefused({ folder }, FAILED, `${name} is a SQLite file of another program`);
      expect(readFileSync(file)).toEqual(content);
    },
    TEST_MS_MAX,
  );
}

test(
  "files that a newer Heartwire wrote are told in one line each",
  async () => {
    await makeFolder();
    edit(join(folder, FILES.readings), "PRAGMA user_version = 999");
    await expectRefused({ folder }, FAILED, `${FILES.readings} was written by a newer Heartwire`);

    edit(join(folder, FILES.readings), "PRAGMA user_version = 1");
    edit(
      join(folder, FILES.control),
      "INSERT INTO kysely_migration VALUES ('9999_from_the_future', '2099-01-01T00:00:00Z')",
    );
    await expectRefused({ folder }, FAILED, `${FILES.control} was written by a newer Heartwire`);
  },
  TEST_MS_MAX,
);

test(
  "a store file whose tables are damaged is told in one line",
  async () => {
    await makeFolder();
    const file = join(folder, FILES.readings);
    const content = readFileSync(file);
    // The SQLite header stays; the first page's list of tables does not.
    content.fill(0xa5, 100, 4096);
    writeFileSync(file, content);
    await expectRefused({ folder }, FAILED, `${FILES.readings}: the file is damaged`);
  },
  TEST_MS_MAX,
);

test(
  "a port in use is told in one line, with the port and what to do",
  async () => {
    for (const [hostname, environment] of [
      ["127.0.0.1", {}],
      ["127.0.0.1", { HEARTWIRE_HOST: "" }],
      ["::1", { HEARTWIRE_HOST: "" }],
    ] as const) {
      const other = Bun.serve({ hostname, port: 0, fetch: () => new Response("other") });
      try {
        const port = String(other.port);
        await expectRefused(
          { folder, environment: { ...environment, HEARTWIRE_PORT: port } },
          FAILED,
          `Port ${port} is in use. Stop what listens there, or choose another one with HEARTWIRE_PORT.`,
        );
      } finally {
        await other.stop(true);
      }
    }
  },
  TEST_MS_MAX,
);

test(
  "a port on which another Heartwire serves another folder is in use too",
  async () => {
    await using first = await ServerProcess.start({ folder });
    const { port } = new URL(first.origin);
    await expectRefused(
      { folder: join(folder, "other"), environment: { HEARTWIRE_PORT: port } },
      FAILED,
      `Port ${port} is in use.`,
    );
  },
  TEST_MS_MAX,
);

test(
  "an address that is not of this machine is told in one line",
  () =>
    expectRefused(
      { folder, environment: { HEARTWIRE_HOST: "203.0.113.9" } },
      FAILED,
      'HEARTWIRE_HOST: expected an address of this machine, such as 0.0.0.0 or 192.168.1.20, got "203.0.113.9". Cannot listen on',
    ),
  TEST_MS_MAX,
);

test(
  "a second server on the same folder ends with one line, and the first goes on undisturbed",
  async () => {
    const users = ["ada", "ben"];
    const tokens = await makeUsers(folder, users);
    const ledger = new Ledger(users);
    await using first = await ServerProcess.start({ folder });
    const load = startLoad({
      origin: first.origin,
      ledger,
      tokens,
      connections: 16,
      random: seededRandom(1),
    });
    const detour = join(parent, `detour-${made}`);
    symlinkSync(folder, detour);
    for (const path of [folder, detour]) {
      const before = ledger.answeredCount;
      await expectRefused({ folder: path }, FAILED, "Another Heartwire already serves this data folder");
      expect(ledger.answeredCount).toBeGreaterThan(before);
    }
    await load.stop();
    expect([...load.refusals]).toEqual([]);
    first.signal("SIGTERM");
    expect((await first.ended()).exitCode).toBe(0);
    expect((await checkFolder(folder, ledger)).wrong).toEqual([]);
  },
  TEST_MS_MAX,
);

test(
  "a data path that is a file, or leads through one, is told in one line",
  async () => {
    const file = join(folder, "notes.txt");
    writeFileSync(file, "mine");
    await expectRefused({ folder: file }, FAILED, `${file} is not a folder`);
    await expectRefused({ folder: join(file, "data") }, FAILED, "cannot be made");
    expect(readFileSync(file, "utf8")).toBe("mine");
  },
  TEST_MS_MAX,
);

test(
  "a setting that cannot be used is told in one line, and is wrong usage",
  async () => {
    for (const [environment, message] of [
      [{ HEARTWIRE_PORT: "heart" }, 'HEARTWIRE_PORT: expected a number from 0 to 65535, got "heart"'],
      [{ HEARTWIRE_PORT: "65536" }, "HEARTWIRE_PORT: expected a number from 0 to 65535"],
      [{ HEARTWIRE_PROT: "80" }, "HEARTWIRE_PROT is not a setting of Heartwire. Did you mean HEARTWIRE_PORT"],
      [{ HEARTWIRE_DURABILITY: "maybe" }, "HEARTWIRE_DURABILITY: expected one of commit, relaxed"],
      [{ HEARTWIRE_PUBLIC_URL: "heart" }, "HEARTWIRE_PUBLIC_URL: expected an address"],
      [{ HEARTWIRE_ALLOWED_HOSTS: "a b" }, "HEARTWIRE_ALLOWED_HOSTS: expected host names"],
      [{ HEARTWIRE_LOG_LEVEL: "loud" }, "HEARTWIRE_LOG_LEVEL: expected one of"],
    ] as const) {
      await expectRefused({ folder, environment }, WRONG_USAGE, message);
    }
    await expectRefused({ folder, flags: ["--port", "-1"] }, WRONG_USAGE, "--port: expected a number");
    const unknown = await serveToEnd({ folder, flags: ["--prot", "80"] });
    expect(unknown).toEqual({ exitCode: WRONG_USAGE, stdout: "", stderr: expect.stringContaining("--prot") });
    expect(unknown.stderr).not.toMatch(/^\s+at /m);
  },
  TEST_MS_MAX,
);

/** Runs a start that must end with one line on stderr, which holds these words, and nothing else. */
async function expectRefused(
  options: ServerProcessOptions & { readonly flags?: readonly string[] },
  exitCode: number,
  words: string,
): Promise<void> {
  const ended = await serveToEnd(options);
  expect(ended).toEqual({ exitCode, stdout: "", stderr: expect.stringContaining(words) });
  expect(ended.stderr).toMatch(/^[^\n]+\n$/);
}

/** A folder as a server leaves it. */
async function makeFolder(): Promise<void> {
  const storage = await openFolder(folder, { durability: "commit", limits: DEFAULT_LIMITS });
  await storage.close();
  for (const name of [FILES.readings, FILES.control])
    edit(join(folder, name), "PRAGMA wal_checkpoint(TRUNCATE)");
}

function edit(file: string, ...statements: readonly string[]): void {
  const database = new Database(file, { create: true });
  database.run("PRAGMA busy_timeout = 5000");
  for (const statement of statements) database.run(statement);
  database.close(true);
}
