import type { Kysely, Selectable } from "kysely";
import type { EpochMs, ProfileId } from "../domain/reading.ts";
import { parseScopes } from "../domain/scopes.ts";
import type { ControlTables } from "./controlTables.ts";
import type { NewToken } from "./directory.ts";
import type { OwnToken, OwnTokens } from "./ownTokens.ts";

/** Tokens made by hand, on any engine that Kysely speaks to. */
export class SqlOwnTokens implements OwnTokens {
  readonly #database: Kysely<ControlTables>;

  constructor(database: Kysely<ControlTables>) {
    this.#database = database;
  }

  create(token: NewToken, heldMax: number): Promise<number | undefined> {
    return this.#database.transaction().execute(async (transaction) => {
      const held = await ownTokens(transaction, token.profile).select("id").execute();
      if (held.length >= heldMax) return undefined;
      return insertToken(transaction, token);
    });
  }

  async list(profile: ProfileId): Promise<readonly OwnToken[]> {
    const rows = await ownTokens(this.#database, profile).selectAll().orderBy("id").execute();
    return rows.map(toOwnToken);
  }

  async revoke(profile: ProfileId, id: number, now: EpochMs): Promise<OwnToken | undefined> {
    const row = await this.#database
      .updateTable("access_token")
      .set({ revoked_at: now })
      .where("id", "=", id)
      .where("profile_id", "=", profile)
      .where("grant_id", "is", null)
      .where("revoked_at", "is", null)
      .returningAll()
      .executeTakeFirst();
    return row === undefined ? undefined : toOwnToken(row);
  }
}

/** Writes a token. @returns its number */
export async function insertToken(database: Kysely<ControlTables>, token: NewToken): Promise<number> {
  const { id } = await database
    .insertInto("access_token")
    .values({
      hash: token.hash,
      profile_id: token.profile,
      client_id: token.clientId,
      scopes: token.scopes.join(" "),
      label: token.label ?? null,
      created_at: token.createdAt,
      expires_at: token.expiresAt ?? null,
      revoked_at: null,
      grant_id: null,
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

function ownTokens(database: Kysely<ControlTables>, profile: ProfileId) {
  return database
    .selectFrom("access_token")
    .where("profile_id", "=", profile)
    .where("grant_id", "is", null)
    .where("revoked_at", "is", null);
}

function toOwnToken(row: Selectable<ControlTables["access_token"]>): OwnToken {
  const times = {
    expiresAt: row.expires_at,
    firstUsedAt: row.first_used_at,
    lastReadAt: row.last_read_at,
    lastWrittenAt: row.last_written_at,
  };
  return {
    id: row.id,
    scopes: parseScopes(row.scopes).known,
    createdAt: row.created_at as EpochMs,
    readCount: Number(row.read_count),
    writeCount: Number(row.write_count),
    ...(row.label === null ? {} : { label: row.label }),
    ...Object.fromEntries(Object.entries(times).filter(([, time]) => time !== null)),
  };
}
