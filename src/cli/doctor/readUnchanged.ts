import { constants, Database } from "bun:sqlite";
import { existsSync, statSync } from "node:fs";
import { pathToFileURL } from "node:url";

/** How often a file is read anew because somebody changed it meanwhile. */
const ATTEMPTS_MAX = 3;

/** The file's last changes wait in a log that SQLite cannot read without making a file beside it. */
export class UnmergedLog extends Error {}

/**
 * Reads a SQLite file in WAL mode and leaves its folder as it is: opening it read-only in the usual way would make
 * `-wal` and `-shm` files, or write into them.
 *
 * @throws UnmergedLog when there is a log without its index; what SQLite throws
 */
export function readUnchanged<Result>(file: string, read: (database: Database) => Result): Result {
  for (let attempt = 1; ; attempt++) {
    const before = stateOf(file);
    const attempted = attemptTo(file, read);
    // Whoever opens a file as immutable must not believe what was read while somebody else wrote it.
    if (stateOf(file) !== before && attempt < ATTEMPTS_MAX) continue;
    if ("error" in attempted) throw attempted.error;
    return attempted.result;
  }
}

type Attempted<Result> = { readonly result: Result } | { readonly error: unknown };

function attemptTo<Result>(file: string, read: (database: Database) => Result): Attempted<Result> {
  let database: Database | undefined;
  try {
    database = open(file);
    return { result: read(database) };
  } catch (error) {
    return { error };
  } finally {
    database?.close();
  }
}

/** See https://www.sqlite.org/uri.html for `immutable`; `readonly_shm` reads the log's index without writing it. */
function open(file: string): Database {
  const hasLog = existsSync(`${file}-wal`);
  if (hasLog && !existsSync(`${file}-shm`)) throw new UnmergedLog();
  const query = hasLog ? "readonly_shm=1" : "immutable=1";
  return new Database(
    `${pathToFileURL(file).href}?${query}`,
    constants.SQLITE_OPEN_URI | constants.SQLITE_OPEN_READONLY,
  );
}

function stateOf(file: string): string {
  const { mtimeMs, size } = statSync(file);
  return [mtimeMs, size, existsSync(`${file}-wal`)].join(" ");
}
