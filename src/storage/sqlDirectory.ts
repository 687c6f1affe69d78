import type { Kysely, Selectable } from "kysely";
import type { EpochMs, ProfileId } from "../domain/reading.ts";
import { parseScopes } from "../domain/scopes.ts";
import type { ControlTables } from "./controlTables.ts";
import type { Directory, NewToken, Profile, TokenListing, TokenRecord } from "./directory.ts";

/** Tokens that one statement asks about: SQLite takes 32,766 parameters, PostgreSQL 65,535. */
const IDS_A_QUERY = 10_000;

/** The directory on any engine that Kysely speaks to. What differs between engines is in the subclass. */
export abstract class SqlDirectory implements Directory {
  protected readonly database: Kysely<ControlTables>;

  constructor(database: Kysely<ControlTables>) {
    this.database = database;
  }

  abstract watch(onChange: () => void, onError: (error: unknown) => void): () => void;

  async findToken(hash: string): Promise<TokenRecord | undefined> {
    const row = await this.#tokens()
      .where("access_token.hash", "=", hash)
      .where("access_token.revoked_at", "is", null)
      .executeTakeFirst();
    return row === undefined ? undefined : toRecord(row);
  }

  async findUnrevoked(ids: readonly number[]): Promise<ReadonlySet<number>> {
    const found = new Set<number>();
    for (let from = 0; from < ids.length; from += IDS_A_QUERY) {
      const rows = await this.database
        .selectFrom("access_token")
        .select("id")
        .where("id", "in", ids.slice(from, from + IDS_A_QUERY))
        .where("revoked_at", "is", null)
        .execute();
      for (const row of rows) found.add(row.id);
    }
    return found;
  }

  async createToken(token: NewToken): Promise<number> {
    const { id } = await this.database
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
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    return id;
  }

  async listTokens(): Promise<readonly TokenListing[]> {
    const rows = await this.#tokens().orderBy("access_token.id").execute();
    return rows.map((row) => ({
      ...toRecord(row),
      createdAt: row.created_at as EpochMs,
      ...(row.label === null ? {} : { label: row.label }),
      ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at as EpochMs }),
    }));
  }

  async revokeToken(id: number, now: EpochMs): Promise<boolean> {
    const { numUpdatedRows } = await this.database
      .updateTable("access_token")
      .set({ revoked_at: now })
      .where("id", "=", id)
      .where("revoked_at", "is", null)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async findProfile(name: string): Promise<Profile | undefined> {
    const row = await this.database
      .selectFrom("profile")
      .select(["id", "public_id", "name"])
      .where("name", "=", name)
      .executeTakeFirst();
    return row === undefined
      ? undefined
      : { id: row.id as ProfileId, publicId: row.public_id, name: row.name };
  }

  async createProfile(name: string, now: EpochMs): Promise<Profile> {
    const publicId = crypto.randomUUID();
    const { id } = await this.database
      .insertInto("profile")
      .values({ public_id: publicId, name, created_at: now })
      .returning("id")
      .executeTakeFirstOrThrow();
    return { id: id as ProfileId, publicId, name };
  }

  async findOrCreateProfile(name: string, now: EpochMs): Promise<Profile> {
    const known = await this.findProfile(name);
    if (known !== undefined) return known;
    await this.database
      .insertInto("profile")
      .values({ public_id: crypto.randomUUID(), name, created_at: now })
      .onConflict((conflict) => conflict.column("name").doNothing())
      .execute();
    const made = await this.findProfile(name);
    if (made === undefined) throw new Error("The profile was deleted while it was made.");
    return made;
  }

  async hasTokens(): Promise<boolean> {
    const row = await this.database.selectFrom("access_token").select("id").limit(1).executeTakeFirst();
    return row !== undefined;
  }

  async close(): Promise<void> {
    await this.database.destroy();
  }

  #tokens() {
    return this.database
      .selectFrom("access_token")
      .leftJoin("profile", "profile.id", "access_token.profile_id")
      .selectAll("access_token")
      .select(["profile.name as profile_name", "profile.public_id as profile_public_id"]);
  }
}

type TokenRow = Selectable<ControlTables["access_token"]> & {
  readonly profile_name: string | null;
  readonly profile_public_id: string | null;
};

function toRecord(row: TokenRow): TokenRecord {
  const { known } = parseScopes(row.scopes);
  return {
    id: row.id,
    clientId: row.client_id,
    scopes: known,
    ...(row.profile_id === null
      ? {}
      : {
          profile: {
            id: row.profile_id as ProfileId,
            publicId: row.profile_public_id as string,
            name: row.profile_name as string,
          },
        }),
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at as EpochMs }),
  };
}
