import type { Kysely } from "kysely";
import type { MigrationDialect } from "./index.ts";

/** Apps (OAuth clients), what people granted them, and how often tokens were used. What is so or not is 1 or 0. */
export async function up(database: Kysely<unknown>, dialect: MigrationDialect): Promise<void> {
  await dialect
    .withIdentity(database.schema.createTable("client"))
    .addColumn("public_id", "text", (column) => column.notNull().unique())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("owner_id", "bigint", (column) => column.references("profile.id").onDelete("cascade"))
    .addColumn("secret_hash", "text")
    .addColumn("redirect_uris", "text", (column) => column.notNull())
    .addColumn("implicit", "integer", (column) => column.notNull())
    .addColumn("adopted", "integer", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .execute();
  await database.schema.createIndex("client_owner").on("client").column("owner_id").execute();

  await dialect
    .withIdentity(database.schema.createTable("client_pin"))
    .addColumn("client_id", "bigint", (column) =>
      column.notNull().references("client.id").onDelete("cascade"),
    )
    .addColumn("profile_id", "bigint", (column) =>
      column.notNull().references("profile.id").onDelete("cascade"),
    )
    .addColumn("secret_hash", "text", (column) => column.notNull())
    .addColumn("pinned_at", "bigint", (column) => column.notNull())
    .addUniqueConstraint("client_pin_once", ["client_id", "profile_id"])
    .execute();

  await dialect
    .withIdentity(database.schema.createTable("app_grant"))
    .addColumn("client_id", "bigint", (column) =>
      column.notNull().references("client.id").onDelete("cascade"),
    )
    .addColumn("profile_id", "bigint", (column) => column.references("profile.id").onDelete("cascade"))
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("scopes", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("revoked_at", "bigint")
    .execute();
  await database.schema
    .createIndex("app_grant_profile")
    .on("app_grant")
    .columns(["profile_id", "client_id"])
    .execute();
  await database.schema.createIndex("app_grant_client").on("app_grant").column("client_id").execute();

  await dialect
    .withIdentity(database.schema.createTable("authorization_code"))
    .addColumn("code_hash", "text", (column) => column.notNull().unique())
    .addColumn("client_id", "bigint", (column) =>
      column.notNull().references("client.id").onDelete("cascade"),
    )
    .addColumn("profile_id", "bigint", (column) =>
      column.notNull().references("profile.id").onDelete("cascade"),
    )
    .addColumn("redirect_uri", "text", (column) => column.notNull())
    .addColumn("redirect_uri_given", "integer", (column) => column.notNull())
    .addColumn("scopes", "text", (column) => column.notNull())
    .addColumn("scopes_differ", "integer", (column) => column.notNull())
    .addColumn("code_challenge", "text")
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .addColumn("used_at", "bigint")
    .addColumn("grant_id", "bigint", (column) => column.references("app_grant.id").onDelete("cascade"))
    .execute();

  await dialect
    .withIdentity(database.schema.createTable("refresh_token"))
    .addColumn("hash", "text", (column) => column.notNull().unique())
    .addColumn("grant_id", "bigint", (column) =>
      column.notNull().references("app_grant.id").onDelete("cascade"),
    )
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .addColumn("rotated_at", "bigint")
    .addColumn("sealed_answer", "text")
    .execute();
  await database.schema.createIndex("refresh_token_grant").on("refresh_token").column("grant_id").execute();

  await dialect
    .withIdentity(database.schema.createTable("device_request"))
    .addColumn("device_code_hash", "text", (column) => column.notNull().unique())
    .addColumn("user_code_hash", "text", (column) => column.notNull().unique())
    .addColumn("client_id", "bigint", (column) =>
      column.notNull().references("client.id").onDelete("cascade"),
    )
    .addColumn("profile_id", "bigint", (column) => column.references("profile.id").onDelete("cascade"))
    .addColumn("scopes", "text", (column) => column.notNull())
    .addColumn("scopes_differ", "integer", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .addColumn("outcome", "text")
    .addColumn("issued_at", "bigint")
    .execute();

  await database.schema
    .alterTable("access_token")
    .addColumn("grant_id", "bigint", (column) => column.references("app_grant.id").onDelete("cascade"))
    .execute();
  for (const column of ["first_used_at", "last_read_at", "last_written_at"]) {
    await database.schema.alterTable("access_token").addColumn(column, "bigint").execute();
  }
  for (const column of ["read_count", "write_count"]) {
    await database.schema
      .alterTable("access_token")
      .addColumn(column, "bigint", (definition) => definition.notNull().defaultTo(0))
      .execute();
  }
  await database.schema.createIndex("access_token_grant").on("access_token").column("grant_id").execute();
}
