import { Database } from "bun:sqlite";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Arrivals } from "../../src/storage/sqlite/arrivals.ts";

/** Rows by table, as text; what SQLite itself keeps is left out. */
export type Rows = Readonly<Record<string, readonly string[]>>;

/** Every row of every table of a file, in the order of the file. */
export function rowsOf(file: string): Rows {
  using database = new Database(file, { readonly: true });
  const tables = database
    .query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .values() as [string][];
  return Object.fromEntries(
    tables.map(([table]) => [
      table,
      (database.query(`SELECT * FROM "${table}"`).all() as object[]).map((row) => JSON.stringify(row)),
    ]),
  );
}

/** The numbers of those whose readings a file holds, in whatever table, those that are packed elsewhere included. */
export function profilesWithReadings(folder: string): ReadonlySet<number> {
  using database = new Database(join(folder, "readings.db"), { readonly: true });
  const found = new Set([...new Arrivals(database).all()].map(({ profile }) => profile));
  for (const table of ["packed_hour", "sealed_hour", "ahead", "profile"]) {
    for (const [profile] of database.query(`SELECT DISTINCT profile FROM ${table}`).values()) {
      found.add(Number(profile));
    }
  }
  return found;
}

/** The files of a data folder, byte by byte, logs included. */
export function bytesOf(folder: string): Buffer {
  const names = ["control.db", "control.db-wal", "readings.db", "readings.db-wal"];
  const files = names.map((name) => join(folder, name)).filter((file) => existsSync(file));
  return Buffer.concat(files.map((file) => readFileSync(file)));
}
