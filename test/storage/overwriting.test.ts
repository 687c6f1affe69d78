import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Kysely, sql } from "kysely";
import type { EpochMs } from "../../src/domain/reading.ts";
import { PatientDialect } from "../../src/storage/sqlite/patientDialect.ts";
import { SqliteDirectory } from "../../src/storage/sqlite/sqliteDirectory.ts";
import { throwAwayFolder } from "../support/server.ts";

/** Entries of a trail that fill some megabytes. */
const ENTRIES = 20_000;
const BATCH = 500;

async function filled() {
  const folder = throwAwayFolder();
  const file = join(folder, "control.db");
  const directory = await SqliteDirectory.open(file);
  const { id } = await directory.createProfile("anna", 1 as EpochMs);
  const entry = {
    at: 1,
    profile_id: id,
    kind: "signed_in",
    details: `{"address":"${"203.0.113.77 ".repeat(20)}"}`,
  };
  for (let count = 0; count < ENTRIES; count += BATCH) {
    await directory.people.database.db.insertInto("trail").values(Array(BATCH).fill(entry)).execute();
  }
  return {
    file,
    directory,
    async [Symbol.asyncDispose]() {
      await directory.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Why something fails. Bun's own `rejects` holds up this thread, which others of these tests wait for. */
const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "it did not fail",
    (error: Error) => error.message,
  );

test("while deleted rows are made unreadable, everybody else is answered", async () => {
  await using opened = await filled();
  const { directory } = opened;
  let isOver = false;
  const overwriting = directory.erasures.overwriteDeleted().finally(() => {
    isOver = true;
  });
  let answered = 0;
  while (!isOver) {
    await directory.findToken("0".repeat(64));
    answered++;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await overwriting;
  expect(answered).toBeGreaterThan(50);
});

test("what is written meanwhile is there afterwards, and nothing of what was deleted", async () => {
  await using opened = await filled();
  const { directory, file } = opened;
  await directory.people.database.db.deleteFrom("profile").where("name", "=", "anna").execute();
  const writing = (async () => {
    for (let number = 1; number <= 20; number++)
      await directory.createProfile(`user ${number}`, 1 as EpochMs);
  })();
  await Promise.all([directory.erasures.overwriteDeleted(), writing]);
  await directory.erasures.overwriteDeleted();
  expect(await directory.listProfiles()).toHaveLength(20);
  for (const name of [file, `${file}-wal`]) expect(readFileSync(name).includes("203.0.113.77")).toBe(false);
});

test("it fails, to be tried again, while another process keeps the log from being emptied", async () => {
  await using opened = await filled();
  const { directory, file } = opened;
  using reader = new Database(file, { readonly: true });
  reader.run("BEGIN");
  reader.query("SELECT count(*) FROM trail").get();
  expect(await failureOf(directory.erasures.overwriteDeleted())).toContain("another process reads");
  reader.run("COMMIT");
  await directory.erasures.overwriteDeleted();
}, 30_000);

test("a file that this process itself keeps is waited for beyond the usual patience", async () => {
  await using opened = await filled();
  using holder = new Database(opened.file);
  using connection = new Database(opened.file);
  connection.run("PRAGMA busy_timeout = 0");
  let isHeld = true;
  const database = {
    close: () => {},
    prepare: (text: string) => ({ ...{ reader: false }, run: () => connection.query(text).run() }),
  };
  const dialect = new PatientDialect({
    database: database as never,
    patienceMs: 1,
    isHeldByUs: () => isHeld,
  });
  const kysely = new Kysely<never>({ dialect });
  const write = () => sql`delete from trail where profile_id = -1`.execute(kysely);
  holder.run("BEGIN IMMEDIATE");
  const waiting = write();
  await Bun.sleep(100);
  holder.run("ROLLBACK");
  await waiting;
  isHeld = false;
  holder.run("BEGIN IMMEDIATE");
  expect(await failureOf(write())).toContain("locked");
  holder.run("ROLLBACK");
});
