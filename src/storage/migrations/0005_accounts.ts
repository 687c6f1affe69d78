import { type Kysely, sql } from "kysely";
import type { MigrationDialect } from "./index.ts";

/**
 * Who signs in. `person`, `sign_in_session`, `sign_in_method`, `verification` and `passkey` are better-auth's tables as its
 * version of package.json wants them, under names of ours (src/auth/accounts/schema.ts); a test holds that it finds nothing
 * to add. A profile belongs to a person, or to nobody but the command line.
 */
export async function up(database: Kysely<unknown>, dialect: MigrationDialect): Promise<void> {
  const { boolean, time } = dialect;

  await database.schema
    .createTable("person")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("email", "text", (column) => column.notNull().unique())
    .addColumn("email_verified", boolean, (column) => column.notNull())
    .addColumn("image", "text")
    .addColumn("created_at", time, (column) => column.notNull())
    .addColumn("updated_at", time, (column) => column.notNull())
    .execute();

  await database.schema
    .createTable("sign_in_session")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("expires_at", time, (column) => column.notNull())
    .addColumn("token", "text", (column) => column.notNull().unique())
    .addColumn("created_at", time, (column) => column.notNull())
    .addColumn("updated_at", time, (column) => column.notNull())
    .addColumn("ip_address", "text")
    .addColumn("user_agent", "text")
    .addColumn("person_id", "text", (column) => column.notNull().references("person.id").onDelete("cascade"))
    .execute();

  await database.schema
    .createTable("sign_in_method")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("account_id", "text", (column) => column.notNull())
    .addColumn("provider_id", "text", (column) => column.notNull())
    .addColumn("person_id", "text", (column) => column.notNull().references("person.id").onDelete("cascade"))
    .addColumn("access_token", "text")
    .addColumn("refresh_token", "text")
    .addColumn("id_token", "text")
    .addColumn("access_token_expires_at", time)
    .addColumn("refresh_token_expires_at", time)
    .addColumn("scope", "text")
    .addColumn("password", "text")
    .addColumn("created_at", time, (column) => column.notNull())
    .addColumn("updated_at", time, (column) => column.notNull())
    .execute();

  await database.schema
    .createTable("verification")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("identifier", "text", (column) => column.notNull())
    .addColumn("value", "text", (column) => column.notNull())
    .addColumn("expires_at", time, (column) => column.notNull())
    .addColumn("created_at", time, (column) => column.notNull())
    .addColumn("updated_at", time, (column) => column.notNull())
    .execute();

  await database.schema
    .createTable("passkey")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("name", "text")
    .addColumn("public_key", "text", (column) => column.notNull())
    .addColumn("person_id", "text", (column) => column.notNull().references("person.id").onDelete("cascade"))
    .addColumn("credential_id", "text", (column) => column.notNull())
    .addColumn("counter", "integer", (column) => column.notNull())
    .addColumn("device_type", "text", (column) => column.notNull())
    .addColumn("backed_up", boolean, (column) => column.notNull())
    .addColumn("transports", "text")
    .addColumn("created_at", time)
    .addColumn("aaguid", "text")
    .execute();

  for (const [table, column] of [
    ["sign_in_session", "person_id"],
    ["sign_in_method", "person_id"],
    ["verification", "identifier"],
    ["passkey", "person_id"],
    ["passkey", "credential_id"],
  ] as const) {
    await database.schema.createIndex(`${table}_${column}_idx`).on(table).column(column).execute();
  }

  await database.schema
    .alterTable("profile")
    .addColumn("person_id", "text", (column) => column.references("person.id").onDelete("set null"))
    .execute();
  await database.schema.createIndex("profile_person").unique().on("profile").column("person_id").execute();

  await dialect
    .withIdentity(database.schema.createTable("one_time_link"))
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("code_hash", "text", (column) => column.notNull().unique())
    .addColumn("profile_id", "bigint", (column) => column.references("profile.id").onDelete("cascade"))
    .addColumn("person_id", "text", (column) => column.references("person.id").onDelete("cascade"))
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .execute();

  await dialect
    .withIdentity(database.schema.createTable("trail"))
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("profile_id", "bigint", (column) => column.references("profile.id").onDelete("cascade"))
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("details", "text", (column) => column.notNull())
    .execute();
  await database.schema.createIndex("trail_profile").on("trail").columns(["profile_id", "id"]).execute();
  for (const statement of dialect.appendOnly("trail", "profile")) {
    await sql.raw(statement).execute(database);
  }
}
