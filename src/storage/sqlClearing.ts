import type { Kysely } from "kysely";
import type { EpochMs } from "../domain/reading.ts";
import type { ControlTables } from "./controlTables.ts";
import { REPEAT_MS } from "./grants.ts";

const DAY_MS = 86_400_000;

/** How long a code or a device request is known after its end: whoever uses it again is told why it is of no use. */
const KNOWN_AFTER_END_MS = DAY_MS;

/** How long a rotated refresh token is known, so that its use by a thief is noticed. */
const ROTATED_KNOWN_MS = 30 * DAY_MS;

/**
 * Deletes what is of no use any more: codes and device requests that are over for a day, answers that may not be repeated
 * any more, refresh tokens that were rotated a month ago, and grants that are revoked, or whose tokens have all ended.
 */
export async function clearEnded(database: Kysely<ControlTables>, now: EpochMs): Promise<void> {
  await database
    .updateTable("refresh_token")
    .set({ sealed_answer: null })
    .where("sealed_answer", "is not", null)
    .where("rotated_at", "<=", now - REPEAT_MS)
    .execute();
  for (const table of ["authorization_code", "device_request"] as const) {
    await database
      .deleteFrom(table)
      .where("expires_at", "<", now - KNOWN_AFTER_END_MS)
      .execute();
  }
  await database
    .deleteFrom("refresh_token")
    .where((where) =>
      where.or([where("rotated_at", "<", now - ROTATED_KNOWN_MS), where("expires_at", "<", now - DAY_MS)]),
    )
    .execute();
  await database
    .deleteFrom("one_time_link")
    .where("expires_at", "<", now - DAY_MS)
    .execute();
  await database
    .deleteFrom("app_grant")
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
