import type { CreateTableBuilder, Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import * as profilesAndTokens from "./0001_profiles_and_tokens.ts";
import * as detailsAndRooms from "./0002_details_and_rooms.ts";
import * as widgets from "./0003_widgets.ts";
import * as invitationTokens from "./0004_invitation_tokens.ts";
import * as accounts from "./0005_accounts.ts";
import * as apps from "./0006_apps.ts";
import * as erasures from "./0007_erasures.ts";
import * as indexes from "./0008_indexes.ts";

/** In what the engines' tables are written differently. */
export interface MigrationDialect {
  /** A column that numbers the rows. */
  withIdentity<Table extends string>(table: CreateTableBuilder<Table>): CreateTableBuilder<Table, "id">;
  readonly boolean: "integer" | "boolean";
  /** A moment as better-auth keeps it; our own tables count Unix milliseconds. */
  readonly time: "date" | "timestamptz";
  /**
   * Statements that make the database itself refuse to change a row of a table, and to delete one while the row still is
   * there that its column `<owner>_id` points at. Rows that point at nothing stay for good.
   */
  appendOnly(table: string, owner: string): readonly string[];
}

/** The control data's migrations, the same for every engine; applied in the order of their names. */
const MIGRATIONS = {
  "0001_profiles_and_tokens": profilesAndTokens,
  "0002_details_and_rooms": detailsAndRooms,
  "0003_widgets": widgets,
  "0004_invitation_tokens": invitationTokens,
  "0005_accounts": accounts,
  "0006_apps": apps,
  "0007_erasures": erasures,
  "0008_indexes": indexes,
};

/** How often a migration is tried when another process migrates the same database at that moment. */
const ATTEMPTS_MAX = 5;
const RETRY_DELAY_MS = 100;

/** Brings the control data's tables up to date. @throws what the engine throws */
export async function migrateControlData(database: Kysely<never>, dialect: MigrationDialect): Promise<void> {
  const migrations = Object.fromEntries(
    Object.entries(MIGRATIONS).map(([name, { up }]): [string, Migration] => [
      name,
      { up: (schema) => up(schema, dialect) },
    ]),
  );
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => migrations } });
  for (let attempt = 1; ; attempt++) {
    const { error } = await migrator.migrateToLatest();
    if (error === undefined) return;
    if (attempt === ATTEMPTS_MAX) throw error;
    await new Promise((resolve) => setTimeout(resolve, RETRY_DELAY_MS * attempt));
  }
}
