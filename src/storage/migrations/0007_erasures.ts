import type { Kysely } from "kysely";
import type { MigrationDialect } from "./index.ts";

/**
 * Erasures that are not finished: whose control data is gone, and whose readings are being deleted. The number of the profile
 * points at nothing any more, and is never given out again.
 */
export async function up(database: Kysely<unknown>, dialect: MigrationDialect): Promise<void> {
  await dialect
    .withIdentity(database.schema.createTable("erasure"))
    .addColumn("profile_id", "bigint", (column) => column.notNull().unique())
    .addColumn("begun_at", "bigint", (column) => column.notNull())
    .execute();
}
