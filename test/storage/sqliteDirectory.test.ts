import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { EpochMs } from "../../src/domain/reading.ts";
import { SqliteDirectory } from "../../src/storage/sqlite/sqliteDirectory.ts";
import { throwAwayFolder } from "../support/server.ts";
import { detailsContract } from "./detailsContract.ts";
import { directoryContract } from "./directoryContract.ts";
import type { DirectoryUnderTest } from "./directoryUnderTest.ts";
import { ownTokensContract } from "./ownTokensContract.ts";
import { roomsContract } from "./roomsContract.ts";
import { widgetsContract } from "./widgetsContract.ts";

async function open(): Promise<DirectoryUnderTest> {
  const folder = throwAwayFolder();
  const file = join(folder, "control.db");
  const directory = await SqliteDirectory.open(file);
  return {
    directory,
    openBeside: () => SqliteDirectory.open(file),
    breakEngine: async () => spoil(file),
    async dispose() {
      await directory.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Overwrites the file's header, as a failing disk may. Nothing of it may lie in the log or in a cache then. */
function spoil(file: string): void {
  const database = new Database(file);
  database.run("PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
  const descriptor = openSync(file, "r+");
  writeSync(descriptor, Buffer.alloc(100, 0xa5), 0, 100, 0);
  closeSync(descriptor);
}

test("while another process keeps the file locked, this thread goes on, and what waits is done afterwards", async () => {
  const folder = throwAwayFolder();
  const file = join(folder, "control.db");
  const directory = await SqliteDirectory.open(file);
  using holder = new Database(file);
  holder.run("BEGIN IMMEDIATE");
  let done = false;
  const made = directory.findOrCreateProfile("anna", 1 as EpochMs).then((profile) => {
    done = true;
    return profile;
  });
  // Only a thread that is not held up can let go of the lock for which it waits.
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(done).toBe(false);
  holder.run("ROLLBACK");
  expect((await made).name).toBe("anna");
  await directory.close();
  rmSync(folder, { recursive: true, force: true });
});

directoryContract("SQLite", open);
detailsContract("SQLite", open);
roomsContract("SQLite", open);
widgetsContract("SQLite", open);
ownTokensContract("SQLite", open);
