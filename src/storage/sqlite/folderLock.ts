import { Database } from "bun:sqlite";
import { StoreUnavailable } from "../readingStore.ts";
import { explain } from "./database.ts";

/** Another server has the folder. */
export class FolderInUse extends StoreUnavailable {
  override name = "FolderInUse";
}

/**
 * Keeps a second server out of a data folder: an empty `lock.db` held exclusively. The system frees it when the
 * process ends, however it ends.
 *
 * @returns a function that lets go of the lock
 * @throws FolderInUse when another server holds it, StoreUnavailable when the folder cannot be written
 */
export function lockFolder(file: string): () => void {
  let database: Database | undefined;
  try {
    database = new Database(file, { create: true });
    database.run("PRAGMA busy_timeout = 0");
    database.run("PRAGMA locking_mode = EXCLUSIVE");
    database.run("BEGIN EXCLUSIVE");
    const held = database;
    return () => held.close();
  } catch (error) {
    database?.close();
    if ((error as { code?: string }).code?.startsWith("SQLITE_BUSY")) {
      throw new FolderInUse(
        `Another Heartwire already serves this data folder (${file} is locked). Stop it first, or choose another folder with HEARTWIRE_DATA.`,
      );
    }
    throw explain(error, file);
  }
}
