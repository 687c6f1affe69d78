import type { Kysely } from "kysely";
import type { MigrationDialect } from "./index.ts";

/** What a profile says about its person, and rooms. Ids of rooms and memberships are never given out twice. */
export async function up(database: Kysely<unknown>, dialect: MigrationDialect): Promise<void> {
  for (const column of ["channel", "login", "username", "birth_date", "sex"]) {
    await database.schema.alterTable("profile").addColumn(column, "text").execute();
  }
  await database.schema.alterTable("profile").addColumn("weight_kilograms", "double precision").execute();

  await dialect
    .withIdentity(database.schema.createTable("room"))
    .addColumn("public_id", "text", (column) => column.notNull().unique())
    .addColumn("owner_id", "bigint", (column) =>
      column.notNull().references("profile.id").onDelete("cascade"),
    )
    .addColumn("configuration", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .execute();

  await dialect
    .withIdentity(database.schema.createTable("room_member"))
    .addColumn("room_id", "bigint", (column) => column.notNull().references("room.id").onDelete("cascade"))
    .addColumn("profile_id", "bigint", (column) =>
      column.notNull().references("profile.id").onDelete("cascade"),
    )
    .addColumn("configuration", "text", (column) => column.notNull())
    .addColumn("joined_at", "bigint", (column) => column.notNull())
    .addUniqueConstraint("room_member_once", ["room_id", "profile_id"])
    .execute();
  await database.schema.createIndex("room_member_profile").on("room_member").column("profile_id").execute();

  await dialect
    .withIdentity(database.schema.createTable("room_invitation"))
    .addColumn("room_id", "bigint", (column) => column.notNull().references("room.id").onDelete("cascade"))
    .addColumn("code_hash", "text", (column) => column.notNull().unique())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("expires_at", "bigint", (column) => column.notNull())
    .execute();
  await database.schema.createIndex("room_invitation_room").on("room_invitation").column("room_id").execute();
}
