import type { Kysely } from "kysely";
import type { EpochMs, ProfileId } from "../domain/reading.ts";
import { parseScopes } from "../domain/scopes.ts";
import type { ControlTables } from "./controlTables.ts";
import type { ConnectedApp } from "./grants.ts";
import { type ClientRow, toClient } from "./sqlClients.ts";

/**
 * The apps that a person connected, each once, however often it was granted something.
 *
 * A grant whose token has expired, and that has no refresh token that holds, may do nothing: it is not listed.
 */
export async function listApps(
  database: Kysely<ControlTables>,
  profile: ProfileId,
  now: EpochMs,
): Promise<readonly ConnectedApp[]> {
  const rows = await database
    .selectFrom("app_grant")
    .innerJoin("client", "client.id", "app_grant.client_id")
    .leftJoin("access_token", "access_token.grant_id", "app_grant.id")
    .selectAll("client")
    .select([
      "app_grant.scopes",
      "app_grant.created_at as granted_at",
      "access_token.last_read_at",
      "access_token.last_written_at",
      "access_token.read_count",
      "access_token.write_count",
    ])
    .where("app_grant.profile_id", "=", profile)
    .where("app_grant.revoked_at", "is", null)
    .where(({ or, exists, selectFrom }) =>
      or([
        exists(
          selectFrom("access_token as held")
            .select("held.id")
            .whereRef("held.grant_id", "=", "app_grant.id")
            .where("held.revoked_at", "is", null)
            .where((eb) => eb.or([eb("held.expires_at", "is", null), eb("held.expires_at", ">", now)])),
        ),
        exists(
          selectFrom("refresh_token")
            .select("refresh_token.id")
            .whereRef("refresh_token.grant_id", "=", "app_grant.id")
            .where("refresh_token.rotated_at", "is", null)
            .where("refresh_token.expires_at", ">", now),
        ),
      ]),
    )
    .orderBy("app_grant.id")
    .execute();
  const byClient = Map.groupBy(rows, ({ id }) => id);
  return [...byClient.values()].map((grants) => toApp(grants as [GrantRow, ...GrantRow[]]));
}

interface GrantRow extends ClientRow {
  readonly scopes: string;
  readonly granted_at: number;
  readonly last_read_at: number | null;
  readonly last_written_at: number | null;
  readonly read_count: number | null;
  readonly write_count: number | null;
}

function toApp(grants: readonly [GrantRow, ...GrantRow[]]): ConnectedApp {
  const times = grants.map(({ granted_at: at }) => at);
  const lastReadAt = latest(grants.map(({ last_read_at: at }) => at));
  const lastWrittenAt = latest(grants.map(({ last_written_at: at }) => at));
  return {
    client: toClient(grants[0]),
    scopes: parseScopes(grants.map(({ scopes }) => scopes).join(" ")).known,
    firstGrantedAt: Math.min(...times) as EpochMs,
    lastGrantedAt: Math.max(...times) as EpochMs,
    grants: grants.length,
    readCount: sum(grants.map(({ read_count: count }) => count)),
    writeCount: sum(grants.map(({ write_count: count }) => count)),
    ...(lastReadAt === undefined ? {} : { lastReadAt }),
    ...(lastWrittenAt === undefined ? {} : { lastWrittenAt }),
  };
}

function latest(times: readonly (number | null)[]): EpochMs | undefined {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? undefined : (Math.max(...known) as EpochMs);
}

function sum(counts: readonly (number | null)[]): number {
  return counts.reduce<number>((total, count) => total + (count ?? 0), 0);
}
