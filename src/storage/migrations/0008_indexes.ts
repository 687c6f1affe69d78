import type { Kysely } from "kysely";

/**
 * Columns that point at another table. Whenever a row of that one is deleted, engines look for those that point at it, and read the
 * whole table where there is no index: clearing two thousand old grants read ten thousand codes for each of them.
 */
const POINTING = [
  ["authorization_code", "client_id"],
  ["authorization_code", "profile_id"],
  ["authorization_code", "grant_id"],
  ["client_pin", "profile_id"],
  ["device_request", "client_id"],
  ["device_request", "profile_id"],
  ["one_time_link", "profile_id"],
  ["one_time_link", "person_id"],
  ["room", "owner_id"],
  ["room_invitation", "token_id"],
  ["widget_link", "token_id"],
] as const;

export async function up(database: Kysely<unknown>): Promise<void> {
  for (const [table, column] of POINTING) {
    await database.schema.createIndex(`${table}_${column}_pointing`).on(table).column(column).execute();
  }
}
