import { Database } from "bun:sqlite";
import { StoreUnavailable } from "../readingStore.ts";

/** "HEAR": marks a file as one of ours (SQLite's `PRAGMA application_id`). */
export const APPLICATION_ID = 0x48454152;

/** What 200 means; see the `durability` setting. */
export type Durability = "commit" | "relaxed";

export interface DatabaseOptions {
  readonly durability: Durability;
  /** The write-ahead log is moved into the file when it holds this many pages of 4096 bytes. */
  readonly walPagesMax: number;
  readonly cacheKibibytes: number;
}

/** How long a statement waits for another process that writes to the same file. */
const BUSY_TIMEOUT_MS = 5_000;

/** Migrations are numbered by their place, from 1, and recorded in SQLite's `user_version`. */
export type Migration = string;

/**
 * Opens a SQLite file of ours with the settings of the design, and brings its tables up to date.
 *
 * @throws StoreUnavailable with a message for the operator when the file is not ours, is newer than this program,
 *   or cannot be opened
 */
export function openDatabase(
  file: string,
  migrations: readonly Migration[],
  options: DatabaseOptions,
): Database {
  let database: Database | undefined;
  try {
    database = new Database(file, { create: true, strict: true });
    database.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    // Page size and auto_vacuum can only be chosen before the first write.
    database.run("PRAGMA page_size = 4096");
    database.run("PRAGMA auto_vacuum = INCREMENTAL");
    assertOurs(database, file);
    configure(database, options);
    migrate(database, migrations, file);
    return database;
  } catch (error) {
    database?.close();
    throw explain(error, file);
  }
}

/** A file without tables becomes ours; one with tables must be. */
function assertOurs(database: Database, file: string): void {
  const { application_id: id } = database.query("PRAGMA application_id").get() as { application_id: number };
  const { count } = database.query("SELECT count(*) AS count FROM sqlite_schema").get() as { count: number };
  if (id === APPLICATION_ID) return;
  if (count > 0) {
    throw new StoreUnavailable(`${file} is a SQLite file of another program. Choose another data folder.`);
  }
  database.run(`PRAGMA application_id = ${APPLICATION_ID}`);
}

function configure(database: Database, options: DatabaseOptions): void {
  database.run("PRAGMA journal_mode = WAL");
  database.run(`PRAGMA synchronous = ${options.durability === "commit" ? "FULL" : "NORMAL"}`);
  database.run("PRAGMA secure_delete = FAST");
  database.run("PRAGMA foreign_keys = ON");
  database.run(`PRAGMA wal_autocheckpoint = ${options.walPagesMax}`);
  database.run(`PRAGMA journal_size_limit = ${options.walPagesMax * 4096 * 4}`);
  database.run(`PRAGMA cache_size = -${options.cacheKibibytes}`);
  // On macOS an ordinary fsync leaves the data in the drive's cache.
  if (process.platform === "darwin") database.run("PRAGMA fullfsync = ON");
}

function migrate(database: Database, migrations: readonly Migration[], file: string): void {
  const { user_version: version } = database.query("PRAGMA user_version").get() as { user_version: number };
  if (version > migrations.length) {
    throw new StoreUnavailable(
      `${file} was written by a newer Heartwire (schema ${version}, this one knows ${migrations.length}). Update this one.`,
    );
  }
  if (version === migrations.length) return;
  database
    .transaction(() => {
      for (const migration of migrations.slice(version)) database.run(migration);
      database.run(`PRAGMA user_version = ${migrations.length}`);
    })
    .immediate();
}

/** Does something whose commits survive a power cut, and so does everything before it. */
export function withFullSync(database: Database, work: () => void): void {
  const { synchronous } = database.query("PRAGMA synchronous").get() as { synchronous: number };
  database.run("PRAGMA synchronous = FULL");
  try {
    work();
  } finally {
    database.run(`PRAGMA synchronous = ${synchronous}`);
  }
}

/** Moves the log into the file, so that the file alone holds everything, and lets go of it. */
export function closeDatabase(database: Database): void {
  try {
    database.run("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch {
    // The disk is full or failing: the log stays beside the file, and the next start reads it.
  }
  database.close();
}

/** Gives some free pages back to the file system. @returns true while there are more */
export function returnFreePages(database: Database, pages: number): boolean {
  const { freelist_count: free } = database.query("PRAGMA freelist_count").get() as {
    freelist_count: number;
  };
  if (free > 0) database.run(`PRAGMA incremental_vacuum(${pages})`);
  return free > pages;
}

/** Says in an operator's words what SQLite's error code means for this file. */
export function explain(error: unknown, file: string): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error;
  const code = (error as { code?: string }).code ?? "";
  const reason = REASONS.find(([prefix]) => code.startsWith(prefix))?.[1] ?? (error as Error).message;
  return new StoreUnavailable(`${file}: ${reason}`, { cause: error });
}

const REASONS: readonly (readonly [prefix: string, reason: string])[] = [
  ["SQLITE_FULL", "the disk is full. Free some space; Heartwire goes on by itself."],
  ["SQLITE_NOTADB", "this is not a SQLite file. Move it away, or choose another data folder."],
  ["SQLITE_CORRUPT", "the file is damaged. Restore it from a backup, or move it away."],
  ["SQLITE_READONLY", "the file or its folder is read-only. Give Heartwire's user the right to write there."],
  ["SQLITE_CANTOPEN", "the file cannot be opened. Does its folder exist, and may Heartwire write there?"],
  ["SQLITE_PERM", "Heartwire's user may not open it."],
  ["SQLITE_BUSY", "another process keeps it locked."],
  ["SQLITE_IOERR", "the disk answered with an error (a full or failing disk, or a limit on file sizes)."],
];
