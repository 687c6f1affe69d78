import type { Kysely } from "kysely";
import type { EpochMs } from "../domain/reading.ts";
import type { ControlTables } from "./controlTables.ts";
import { REPEAT_MS } from "./grants.ts";

const DAY_MS = 86_400_000;

/** How long a code or a device request is known after its end: whoever uses it again is told why it is of no use. */
const KNOWN_AFTER_END_MS = DAY_MS;

/** How long a rotated refresh token is known, so that its use by a thief is noticed. */
const ROTATED_KNOWN_MS = 30 * DAY_MS;

/** Rows that are looked at in one go: SQLite holds up everything else of the process meanwhile, for a few milliseconds. */
const ROWS_A_STEP = 2_000;

/**
 * Deletes what is of no use any more: codes and device requests that are over for a day, answers that may not be repeated
 * any more, refresh tokens that were rotated a month ago, and grants that are revoked, or whose tokens have all ended.
 */
export async function clearEnded(database: Kysely<ControlTables>, now: EpochMs): Promise<void> {
  for (const table of ["authorization_code", "device_request"] as const) {
    await database
      .deleteFrom(table)
      .where("expires_at", "<", now - KNOWN_AFTER_END_MS)
      .execute();
  }
  await database
    .deleteFrom("one_time_link")
    .where("expires_at", "<", now - DAY_MS)
    .execute();
  await inSteps(database, "refresh_token", (rows) => clearRefreshTokens(database, rows, now));
  await inSteps(database, "app_grant", (rows) => clearGrants(database, rows, now));
}

/** Ids of rows: from the first, up to the last without it. */
interface Rows {
  readonly from: number;
  readonly to: number;
}

/** Goes through a table in the order of its ids, and lets others in between. */
async function inSteps(
  database: Kysely<ControlTables>,
  table: "refresh_token" | "app_grant",
  clear: (rows: Rows) => Promise<void>,
): Promise<void> {
  const { first, last } = await database
    .selectFrom(table)
    .select(({ fn }) => [fn.min("id").as("first"), fn.max("id").as("last")])
    .executeTakeFirstOrThrow();
  if (first === null) return;
  for (let from = Number(first); from <= Number(last); from += ROWS_A_STEP) {
    await clear({ from, to: from + ROWS_A_STEP });
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function clearRefreshTokens(
  database: Kysely<ControlTables>,
  { from, to }: Rows,
  now: EpochMs,
): Promise<void> {
  await database
    .updateTable("refresh_token")
    .set({ sealed_answer: null })
    .where("id", ">=", from)
    .where("id", "<", to)
    .where("sealed_answer", "is not", null)
    .where("rotated_at", "<=", now - REPEAT_MS)
    .execute();
  await database
    .deleteFrom("refresh_token")
    .where("id", ">=", from)
    .where("id", "<", to)
    .where((where) =>
      where.or([where("rotated_at", "<", now - ROTATED_KNOWN_MS), where("expires_at", "<", now - DAY_MS)]),
    )
    .execute();
}

async function clearGrants(database: Kysely<ControlTables>, { from, to }: Rows, now: EpochMs): Promise<void> {
  await database
    .deleteFrom("app_grant")
    .where("id", ">=", from)
    .where("id", "<", to)
    .where("created_at", "<", now - DAY_MS)
    .where((where) =>
      where.or([
        where("revoked_at", "<", now - ROTATED_KNOWN_MS),
        where.not(
          where.or([
            where.exists(
              where
                .selectFrom("access_token")
                .select("access_token.id")
                .whereRef("access_token.grant_id", "=", "app_grant.id")
                .where((token) =>
                  token.or([token("expires_at", "is", null), token("expires_at", ">", now - DAY_MS)]),
                ),
            ),
            where.exists(
              where
                .selectFrom("refresh_token")
                .select("refresh_token.id")
                .whereRef("refresh_token.grant_id", "=", "app_grant.id"),
            ),
          ]),
        ),
      ]),
    )
    .execute();
}
