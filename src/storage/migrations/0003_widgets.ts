import type { Kysely } from "kysely";
import type { MigrationDialect } from "./index.ts";

/**
 * Widgets, and the open links of some of them. A link that is closed has no row; one that is opened again has another id.
 * `token_id` is the token by which it was opened, if any: it ends with that.
 */
export async function up(database: Kysely<unknown>, dialect: MigrationDialect): Promise<void> {
  await dialect
    .withIdentity(database.schema.createTable("widget"))
    .addColumn("public_id", "text", (column) => column.notNull().unique())
    .addColumn("profile_id", "bigint", (column) =>
      column.notNull().references("profile.id").onDelete("cascade"),
    )
    .addColumn("meta_id", "text", (column) => column.notNull())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("configuration", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .execute();
  await database.schema.createIndex("widget_profile").on("widget").column("profile_id").execute();

  await dialect
    .withIdentity(database.schema.createTable("widget_link"))
    .addColumn("widget_id", "bigint", (column) =>
      column.notNull().unique().references("widget.id").onDelete("cascade"),
    )
    .addColumn("token_id", "bigint", (column) => column.references("access_token.id").onDelete("cascade"))
    .addColumn("opened_at", "bigint", (column) => column.notNull())
    .execute();
}
