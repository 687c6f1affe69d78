import type { Transaction } from "kysely";
import type { EpochMs } from "../domain/reading.ts";
import type { Scope } from "../domain/scopes.ts";
import type { ControlTables } from "./controlTables.ts";
import type { GrantId, NewGrant, NewTokenPair } from "./grants.ts";

/** Writes a grant with its tokens. */
export async function insertGrant(
  transaction: Transaction<ControlTables>,
  grant: NewGrant,
  tokens: NewTokenPair,
): Promise<GrantId> {
  const { id } = await transaction
    .insertInto("app_grant")
    .values({
      client_id: grant.client,
      profile_id: grant.profile ?? null,
      kind: grant.kind,
      scopes: grant.scopes.join(" "),
      created_at: grant.createdAt,
      revoked_at: null,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  const { public_id: clientId } = await transaction
    .selectFrom("client")
    .select("public_id")
    .where("id", "=", grant.client)
    .executeTakeFirstOrThrow();
  await transaction
    .insertInto("access_token")
    .values({
      hash: tokens.accessHash,
      profile_id: grant.profile ?? null,
      client_id: clientId,
      scopes: grant.scopes.join(" "),
      label: null,
      created_at: grant.createdAt,
      expires_at: tokens.accessExpiresAt,
      revoked_at: null,
      grant_id: id,
    })
    .execute();
  await insertRefreshToken(transaction, id, tokens, grant.createdAt);
  return id as GrantId;
}

export async function insertRefreshToken(
  transaction: Transaction<ControlTables>,
  grant: number,
  { refresh }: NewTokenPair,
  now: EpochMs,
): Promise<void> {
  if (refresh === undefined) return;
  await transaction
    .insertInto("refresh_token")
    .values({
      hash: refresh.hash,
      grant_id: grant,
      created_at: now,
      expires_at: refresh.expiresAt,
      rotated_at: null,
      sealed_answer: null,
    })
    .execute();
}

/**
 * Whoever uses a refresh token has heard the answer that held it: who asks for that answer again is somebody else. Only the token
 * before this one can still have its answer, because those before it lost theirs in the same way.
 */
export async function forgetAnswerBefore(
  transaction: Transaction<ControlTables>,
  grant: number,
  refreshToken: number,
): Promise<void> {
  await transaction
    .updateTable("refresh_token")
    .set({ sealed_answer: null })
    .where("id", "=", (before) =>
      before
        .selectFrom("refresh_token")
        .select("id")
        .where("grant_id", "=", grant)
        .where("id", "<", refreshToken)
        .orderBy("id", "desc")
        .limit(1),
    )
    .execute();
}

/** The new token takes over what hangs on the old one, and the old one is gone: whoever still has it is told that it is unknown. */
export async function replaceAccessToken(
  transaction: Transaction<ControlTables>,
  grant: { readonly id: number; readonly profile_id: number | null; readonly public_id: string },
  tokens: NewTokenPair & { readonly scopes: readonly Scope[] },
  now: EpochMs,
): Promise<void> {
  const olds = await transaction
    .selectFrom("access_token")
    .selectAll()
    .where("grant_id", "=", grant.id)
    .orderBy("id")
    .execute();
  const last = olds.at(-1);
  const { id } = await transaction
    .insertInto("access_token")
    .values({
      hash: tokens.accessHash,
      profile_id: grant.profile_id,
      client_id: grant.public_id,
      scopes: tokens.scopes.join(" "),
      label: null,
      created_at: now,
      expires_at: tokens.accessExpiresAt,
      revoked_at: null,
      grant_id: grant.id,
      first_used_at: last?.first_used_at ?? null,
      last_read_at: last?.last_read_at ?? null,
      last_written_at: last?.last_written_at ?? null,
      read_count: last?.read_count ?? 0,
      write_count: last?.write_count ?? 0,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  const ids = olds.map((old) => old.id);
  if (ids.length === 0) return;
  for (const table of ["widget_link", "room_invitation"] as const) {
    await transaction.updateTable(table).set({ token_id: id }).where("token_id", "in", ids).execute();
  }
  await transaction.deleteFrom("access_token").where("id", "in", ids).execute();
}
