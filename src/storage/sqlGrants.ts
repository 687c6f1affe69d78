import type { Kysely, Selectable } from "kysely";
import type { EpochMs, ProfileId } from "../domain/reading.ts";
import { parseScopes, type Scope } from "../domain/scopes.ts";
import type { ClientNumber } from "./clients.ts";
import type { ControlTables } from "./controlTables.ts";
import type {
  AuthorizationCode,
  ConnectedApp,
  GrantId,
  Grants,
  NewCode,
  NewGrant,
  NewPin,
  NewTokenPair,
  RefreshToken,
} from "./grants.ts";
import { clearEnded } from "./sqlClearing.ts";
import { listApps } from "./sqlConnectedApps.ts";
import { endUnredeemed, type GrantValues, revokeGrants } from "./sqlGrantEnds.ts";
import {
  forgetAnswerBefore,
  holdGrantOf,
  insertCode,
  insertGrant,
  insertRefreshToken,
  pinOrThrow,
  replaceAccessToken,
} from "./sqlGrantTokens.ts";

/** Grants on any engine that Kysely speaks to. */
export class SqlGrants implements Grants {
  readonly #database: Kysely<ControlTables>;

  constructor(database: Kysely<ControlTables>) {
    this.#database = database;
  }

  createCode(code: NewCode): Promise<void> {
    return this.#database.transaction().execute((transaction) => insertCode(transaction, code));
  }

  async findCode(codeHash: string): Promise<AuthorizationCode | undefined> {
    const row = await this.#database
      .selectFrom("authorization_code")
      .selectAll()
      .where("code_hash", "=", codeHash)
      .executeTakeFirst();
    return row === undefined ? undefined : toCode(row);
  }

  redeemCode(code: number, grant: NewGrant, tokens: NewTokenPair, pin?: NewPin): Promise<boolean> {
    return this.#database.transaction().execute(async (transaction) => {
      // The first statement of the transaction is the one that only one of them can win.
      const { numUpdatedRows } = await transaction
        .updateTable("authorization_code")
        .set({ used_at: grant.createdAt })
        .where("id", "=", code)
        .where("used_at", "is", null)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      await pinOrThrow(transaction, grant, pin);
      const id = await insertGrant(transaction, grant, tokens);
      await transaction
        .updateTable("authorization_code")
        .set({ grant_id: id })
        .where("id", "=", code)
        .execute();
      return true;
    });
  }

  create(grant: NewGrant, tokens: NewTokenPair): Promise<GrantId> {
    return this.#database.transaction().execute((transaction) => insertGrant(transaction, grant, tokens));
  }

  async findRefreshToken(hash: string): Promise<RefreshToken | undefined> {
    const row = await this.#database
      .selectFrom("refresh_token")
      .innerJoin("app_grant", "app_grant.id", "refresh_token.grant_id")
      .selectAll("refresh_token")
      .select(["app_grant.client_id", "app_grant.profile_id", "app_grant.scopes", "app_grant.revoked_at"])
      .where("refresh_token.hash", "=", hash)
      .executeTakeFirst();
    if (row === undefined || row.profile_id === null) return undefined;
    return {
      id: row.id,
      grant: row.grant_id as GrantId,
      client: row.client_id as ClientNumber,
      profile: row.profile_id as ProfileId,
      scopes: parseScopes(row.scopes).known,
      expiresAt: row.expires_at as EpochMs,
      revoked: row.revoked_at !== null,
      ...(row.rotated_at === null ? {} : { rotatedAt: row.rotated_at as EpochMs }),
      ...(row.sealed_answer === null ? {} : { sealedAnswer: row.sealed_answer }),
    };
  }

  rotate(
    refreshToken: number,
    tokens: NewTokenPair & { readonly scopes: readonly Scope[] },
    sealedAnswer: string,
    now: EpochMs,
  ): Promise<boolean> {
    return this.#database.transaction().execute(async (transaction) => {
      const grant = await holdGrantOf(transaction, refreshToken);
      if (grant === undefined) return false;
      const { numUpdatedRows } = await transaction
        .updateTable("refresh_token")
        .set({ rotated_at: now, sealed_answer: sealedAnswer })
        .where("id", "=", refreshToken)
        .where("rotated_at", "is", null)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      await forgetAnswerBefore(transaction, grant.id, refreshToken);
      await replaceAccessToken(transaction, grant, tokens, now);
      await insertRefreshToken(transaction, grant.id, tokens, now);
      return true;
    });
  }

  async takeSealedAnswer(refreshToken: number): Promise<string | undefined> {
    return this.#database.transaction().execute(async (transaction) => {
      const row = await transaction
        .selectFrom("refresh_token")
        .select("sealed_answer")
        .where("id", "=", refreshToken)
        .executeTakeFirst();
      if (row?.sealed_answer == null) return undefined;
      const { numUpdatedRows } = await transaction
        .updateTable("refresh_token")
        .set({ sealed_answer: null })
        .where("id", "=", refreshToken)
        .where("sealed_answer", "=", row.sealed_answer)
        .executeTakeFirst();
      return numUpdatedRows > 0n ? row.sealed_answer : undefined;
    });
  }

  async revoke(grant: GrantId, now: EpochMs): Promise<boolean> {
    return this.#database
      .transaction()
      .execute(async (transaction) => (await revokeGrants(transaction, { id: grant }, now)) > 0);
  }

  disconnect(profile: ProfileId, client: ClientNumber, now: EpochMs): Promise<number> {
    return this.#endAll({ client_id: client, profile_id: profile }, now);
  }

  revokeAllOf(client: ClientNumber, now: EpochMs): Promise<number> {
    return this.#endAll({ client_id: client }, now);
  }

  listApps(profile: ProfileId, now: EpochMs): Promise<readonly ConnectedApp[]> {
    return listApps(this.#database, profile, now);
  }

  clearEnded(now: EpochMs): Promise<void> {
    return clearEnded(this.#database, now);
  }

  /** Ends grants, and what would become one. */
  #endAll(values: GrantValues, now: EpochMs): Promise<number> {
    return this.#database.transaction().execute(async (transaction) => {
      // In this order: a code that is being redeemed is waited for, and its grant is seen by the next statement.
      await endUnredeemed(transaction, values, now);
      return revokeGrants(transaction, values, now);
    });
  }
}

function toCode(row: Selectable<ControlTables["authorization_code"]>): AuthorizationCode {
  return {
    id: row.id,
    client: row.client_id as ClientNumber,
    profile: row.profile_id as ProfileId,
    redirectUri: row.redirect_uri,
    redirectUriGiven: row.redirect_uri_given === 1,
    scopes: parseScopes(row.scopes).known,
    scopesDiffer: row.scopes_differ === 1,
    createdAt: row.created_at as EpochMs,
    expiresAt: row.expires_at as EpochMs,
    ...(row.code_challenge === null ? {} : { codeChallenge: row.code_challenge }),
    ...(row.used_at === null ? {} : { usedAt: row.used_at as EpochMs }),
    ...(row.grant_id === null ? {} : { grant: row.grant_id as GrantId }),
  };
}
