import { Database } from "bun:sqlite";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { SqliteDirectory } from "../../src/storage/sqlite/sqliteDirectory.ts";
import { throwAwayFolder } from "../support/server.ts";
import { detailsContract } from "./detailsContract.ts";
import { directoryContract } from "./directoryContract.ts";
import type { DirectoryUnderTest } from "./directoryUnderTest.ts";
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

directoryContract("SQLite", open);
detailsContract("SQLite", open);
roomsContract("SQLite", open);
widgetsContract("SQLite", open);
