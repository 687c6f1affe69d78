import type { Kysely, Selectable } from "kysely";
import type { EpochMs, ProfileId } from "../domain/reading.ts";
import { parseScopes } from "../domain/scopes.ts";
import type { ClientNumber } from "./clients.ts";
import type { ControlTables } from "./controlTables.ts";
import type { DeviceRequest, DeviceRequests, NewDeviceRequest } from "./deviceRequests.ts";
import type { NewGrant, NewTokenPair } from "./grants.ts";
import { toFlag } from "./sqlClients.ts";
import { insertGrant } from "./sqlGrantTokens.ts";
import { insertTrail } from "./sqlTrail.ts";
import type { NewTrailEntry } from "./trail.ts";

/** Device requests on any engine that Kysely speaks to. */
export class SqlDeviceRequests implements DeviceRequests {
  readonly #database: Kysely<ControlTables>;

  constructor(database: Kysely<ControlTables>) {
    this.#database = database;
  }

  async create(request: NewDeviceRequest): Promise<void> {
    await this.#database
      .insertInto("device_request")
      .values({
        device_code_hash: request.deviceCodeHash,
        user_code_hash: request.userCodeHash,
        client_id: request.client,
        profile_id: null,
        scopes: request.scopes.join(" "),
        scopes_differ: toFlag(request.scopesDiffer),
        created_at: request.createdAt,
        expires_at: request.expiresAt,
        outcome: null,
        issued_at: null,
      })
      .execute();
  }

  findByDeviceCode(hash: string): Promise<DeviceRequest | undefined> {
    return this.#find("device_code_hash", hash);
  }

  findByUserCode(hash: string): Promise<DeviceRequest | undefined> {
    return this.#find("user_code_hash", hash);
  }

  decide(
    request: number,
    outcome: "granted" | "denied",
    profile: ProfileId,
    trail?: NewTrailEntry,
  ): Promise<boolean> {
    return this.#database.transaction().execute(async (transaction) => {
      const { numUpdatedRows } = await transaction
        .updateTable("device_request")
        .set({ outcome, profile_id: profile })
        .where("id", "=", request)
        .where("outcome", "is", null)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      await insertTrail(transaction, trail === undefined ? [] : [trail]);
      return true;
    });
  }

  redeem(request: number, grant: NewGrant, tokens: NewTokenPair): Promise<boolean> {
    return this.#database.transaction().execute(async (transaction) => {
      const { numUpdatedRows } = await transaction
        .updateTable("device_request")
        .set({ issued_at: grant.createdAt })
        .where("id", "=", request)
        .where("outcome", "=", "granted")
        .where("issued_at", "is", null)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      await insertGrant(transaction, grant, tokens);
      return true;
    });
  }

  async countWaiting(client: ClientNumber, now: EpochMs): Promise<number> {
    const { count } = await this.#database
      .selectFrom("device_request")
      .select((expression) => expression.fn.countAll<number>().as("count"))
      .where("client_id", "=", client)
      .where("outcome", "is", null)
      .where("expires_at", ">", now)
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  async #find(
    column: "device_code_hash" | "user_code_hash",
    hash: string,
  ): Promise<DeviceRequest | undefined> {
    const row = await this.#database
      .selectFrom("device_request")
      .selectAll()
      .where(column, "=", hash)
      .executeTakeFirst();
    return row === undefined ? undefined : toRequest(row);
  }
}

function toRequest(row: Selectable<ControlTables["device_request"]>): DeviceRequest {
  return {
    id: row.id,
    client: row.client_id as ClientNumber,
    scopes: parseScopes(row.scopes).known,
    scopesDiffer: row.scopes_differ === 1,
    createdAt: row.created_at as EpochMs,
    expiresAt: row.expires_at as EpochMs,
    ...(row.outcome === null ? {} : { outcome: row.outcome }),
    ...(row.profile_id === null ? {} : { profile: row.profile_id as ProfileId }),
    ...(row.issued_at === null ? {} : { issuedAt: row.issued_at as EpochMs }),
  };
}
