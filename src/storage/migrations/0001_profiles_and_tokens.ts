import type { Kysely } from "kysely";
import type { MigrationDialect } from "./index.ts";

/**
 * Profiles and access tokens. Accounts (who signs in) will have tables of their own that point at a profile, and
 * OAuth clients one that `client_id` points at.
 */
export async function up(database: Kysely<unknown>, dialect: MigrationDialect): Promise<void> {
  await dialect
    .withIdentity(database.schema.createTable("profile"))
    .addColumn("public_id", "text", (column) => column.notNull().unique())
    .addColumn("name", "text", (column) => column.notNull().unique())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .execute();

  await dialect
    .withIdentity(database.schema.createTable("access_token"))
    .addColumn("hash", "text", (column) => column.notNull().unique())
    .addColumn("profile_id", "bigint", (column) => column.references("profile.id").onDelete("cascade"))
    .addColumn("client_id", "text", (column) => column.notNull())
    .addColumn("scopes", "text", (column) => column.notNull())
    .addColumn("label", "text")
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint")
    .addColumn("revoked_at", "bigint")
    .execute();

  await database.schema.createIndex("access_token_profile").on("access_token").column("profile_id").execute();
}
