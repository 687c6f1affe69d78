import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { SqliteDirectory } from "../../src/storage/sqlite/sqliteDirectory.ts";
import { throwAwayFolder } from "../support/server.ts";

test("deleting a row reads no other table as a whole: every column that points at it is the first of an index", async () => {
  const folder = throwAwayFolder();
  const file = join(folder, "control.db");
  await (await SqliteDirectory.open(file)).close();
  using database = new Database(file, { readonly: true });
  const pointing = database
    .query<{ table: string; column: string }, []>(
      `select tables.name as "table", pointing."from" as "column"
       from sqlite_schema as tables, pragma_foreign_key_list(tables.name) as pointing where tables.type = 'table'`,
    )
    .all();
  const indexed = database
    .query<{ table: string; column: string }, []>(
      `select tables.name as "table", columns.name as "column"
       from sqlite_schema as tables, pragma_index_list(tables.name) as indexes, pragma_index_info(indexes.name) as columns
       where tables.type = 'table' and columns.seqno = 0`,
    )
    .all();
  const written = new Set(indexed.map(({ table, column }) => `${table}.${column}`));
  expect(pointing.length).toBeGreaterThan(20);
  expect(
    pointing.map(({ table, column }) => `${table}.${column}`).filter((name) => !written.has(name)),
  ).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});
