import type { Database } from "bun:sqlite";
import { Kysely, type SqliteDatabase } from "kysely";
import type { ControlTables } from "../controlTables.ts";
import { type MigrationDialect, migrateControlData } from "../migrations/index.ts";
import { StoreUnavailable } from "../readingStore.ts";
import { SqlDirectory } from "../sqlDirectory.ts";
import { explain, openDatabase } from "./database.ts";
import { Overwritings } from "./overwritings.ts";
import { PatientDialect } from "./patientDialect.ts";

/** How often the server asks whether another process changed the file. */
const WATCH_INTERVAL_MS = 250;

/** How long SQLite itself waits for another process, and this thread with it; {@link PatientDialect} goes on waiting. */
const BUSY_TIMEOUT_MS = 10;

/** Control data is small; its log is moved into the file at SQLite's default of 1000 pages. */
const OPTIONS = { durability: "commit", walPagesMax: 1_000, cacheKibibytes: 4_096 } as const;

const MIGRATION_DIALECT: MigrationDialect = {
  withIdentity: (table) => table.addColumn("id", "integer", (column) => column.primaryKey().autoIncrement()),
  boolean: "integer",
  time: "date",
  appendOnly: (table, owner) => [
    `CREATE TRIGGER ${table}_is_not_changed BEFORE UPDATE ON "${table}"
     BEGIN SELECT RAISE(ABORT, 'entries of ${table} are never changed'); END`,
    // Deleting the owner deletes the owner's rows after it, and only then are there none to stand against it.
    `CREATE TRIGGER ${table}_is_not_deleted BEFORE DELETE ON "${table}"
     WHEN OLD.${owner}_id IS NULL OR EXISTS (SELECT 1 FROM "${owner}" WHERE id = OLD.${owner}_id)
     BEGIN SELECT RAISE(ABORT, 'entries of ${table} are never deleted'); END`,
  ],
};

/** Profiles and tokens in `control.db`, which the server and the command line write. */
export class SqliteDirectory extends SqlDirectory {
  readonly #connection: Database;
  readonly #overwritings: Overwritings;

  private constructor(connection: Database) {
    const overwritings = new Overwritings();
    const dialect = new PatientDialect({
      database: asKyselyDatabase(connection),
      isHeldByUs: () => overwritings.areUnderWay,
    });
    super(new Kysely<ControlTables>({ dialect }), "sqlite");
    this.#connection = connection;
    this.#overwritings = overwritings;
  }

  /** @throws StoreUnavailable with a message for the operator when the file cannot be used */
  static async open(file: string): Promise<SqliteDirectory> {
    const connection = openDatabase(file, [], OPTIONS);
    try {
      connection.run(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
      const directory = new SqliteDirectory(connection);
      await migrateControlData(directory.database as never, MIGRATION_DIALECT);
      return directory;
    } catch (error) {
      connection.close();
      throw explainNewer(error, file) ?? explain(error, file);
    }
  }

  protected override overwriteDeleted(): Promise<void> {
    return this.#overwritings.overwriteDeleted(this.#connection.filename);
  }

  watch(onChange: () => void, onError: (error: unknown) => void): () => void {
    // SQLite's data_version changes when another connection commits; this connection's own commits leave it.
    const select = this.#connection.prepare<{ data_version: number }, []>("PRAGMA data_version");
    const version = () => select.get()?.data_version;
    let known = version();
    const timer = setInterval(() => {
      try {
        const current = version();
        if (current === known) return;
        known = current;
        onChange();
      } catch (error) {
        onError(error);
      }
    }, WATCH_INTERVAL_MS);
    return () => clearInterval(timer);
  }
}

/** Kysely says only in its message that the file has a migration that this program does not know. */
function explainNewer(error: unknown, file: string): StoreUnavailable | undefined {
  const unknown = /previously executed migration (\S+) is missing/.exec((error as Error).message)?.[1];
  if (unknown === undefined) return undefined;
  return new StoreUnavailable(
    `${file} was written by a newer Heartwire (this one does not know its migration ${unknown}). Update this one.`,
  );
}

/** Kysely speaks to better-sqlite3; Bun's statements say `columnNames` where that one says `reader`. */
function asKyselyDatabase(connection: Database): SqliteDatabase {
  return {
    close: () => connection.close(),
    prepare(sql) {
      // A transaction that reads first and then writes would fail when another process wrote in between.
      const statement = connection.query(sql === "begin" ? "begin immediate" : sql);
      return {
        reader: statement.columnNames.length > 0,
        all: (parameters) => statement.all(...(parameters as never[])),
        run: (parameters) => statement.run(...(parameters as never[])),
        iterate: (parameters) => statement.iterate(...(parameters as never[])),
      };
    },
  };
}
