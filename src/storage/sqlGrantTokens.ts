import type { Transaction } from "kysely";
import type { EpochMs } from "../domain/reading.ts";
import type { Scope } from "../domain/scopes.ts";
import type { ControlTables } from "./controlTables.ts";
import {
  type GrantId,
  type NewCode,
  type NewGrant,
  type NewPin,
  type NewTokenPair,
  OtherSecretPinned,
} from "./grants.ts";
import { insertPin, selectPin, toFlag } from "./sqlClients.ts";
import { insertTrail } from "./sqlTrail.ts";

/** Writes a code, and what its person reads of it. */
export async function insertCode(transaction: Transaction<ControlTables>, code: NewCode): Promise<void> {
  await transaction
    .insertInto("authorization_code")
    .values({
      code_hash: code.codeHash,
      client_id: code.client,
      profile_id: code.profile,
      redirect_uri: code.redirectUri,
      redirect_uri_given: toFlag(code.redirectUriGiven),
      scopes: code.scopes.join(" "),
      scopes_differ: toFlag(code.scopesDiffer),
      code_challenge: code.codeChallenge ?? null,
      created_at: code.createdAt,
      expires_at: code.expiresAt,
      used_at: null,
      grant_id: null,
    })
    .execute();
  await insertTrail(transaction, code.trail ?? []);
}

/** Pins the secret that was shown unless one is pinned. @throws OtherSecretPinned, which undoes the transaction */
export async function pinOrThrow(
  transaction: Transaction<ControlTables>,
  { client, profile, createdAt }: NewGrant,
  pin: NewPin | undefined,
): Promise<void> {
  if (pin === undefined || profile === undefined) return;
  const { secretHash, trail } = pin;
  if (await insertPin(transaction, client, profile, { secretHash, pinnedAt: createdAt })) {
    await insertTrail(transaction, [trail]);
    return;
  }
  const pinned = await selectPin(transaction, client, profile);
  if (pinned?.secretHash !== secretHash) throw new OtherSecretPinned();
}

/** Writes a grant with its tokens, and what its person reads of it. */
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
  await insertTrail(transaction, grant.trail ?? []);
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

/** A grant whose tokens are replaced. */
export interface HeldGrant {
  readonly id: number;
  readonly profile_id: number | null;
  readonly public_id: string;
}

/**
 * The grant of a refresh token, which nobody revokes until the end of the transaction: it is written as it is, and so locked, where
 * an engine lets several write at once.
 *
 * @returns undefined when it is revoked
 */
export async function holdGrantOf(
  transaction: Transaction<ControlTables>,
  refreshToken: number,
): Promise<HeldGrant | undefined> {
  const held = await transaction
    .updateTable("app_grant")
    .set({ revoked_at: null })
    .where("revoked_at", "is", null)
    .where("id", "=", ({ selectFrom }) =>
      selectFrom("refresh_token").select("grant_id").where("refresh_token.id", "=", refreshToken),
    )
    .returning(["id", "profile_id", "client_id"])
    .executeTakeFirst();
  if (held === undefined) return undefined;
  const { public_id } = await transaction
    .selectFrom("client")
    .select("public_id")
    .where("id", "=", held.client_id)
    .executeTakeFirstOrThrow();
  return { id: held.id, profile_id: held.profile_id, public_id };
}

/** The new token takes over what hangs on the old one, and the old one is gone: whoever still has it is told that it is unknown. */
export async function replaceAccessToken(
  transaction: Transaction<ControlTables>,
  grant: HeldGrant,
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
