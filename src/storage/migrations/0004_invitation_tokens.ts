import type { Kysely } from "kysely";

/** By which token an invitation was made, if any: it ends with that. Those from before are held until they expire. */
export async function up(database: Kysely<unknown>): Promise<void> {
  await database.schema
    .alterTable("room_invitation")
    .addColumn("token_id", "bigint", (column) => column.references("access_token.id").onDelete("cascade"))
    .execute();
}
