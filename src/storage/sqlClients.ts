import type { Kysely, Selectable, Transaction } from "kysely";
import type { EpochMs, ProfileId } from "../domain/reading.ts";
import type { Client, ClientChanges, ClientNumber, Clients, NewClient, PinnedSecret } from "./clients.ts";
import type { ControlTables, Flag } from "./controlTables.ts";

/** Clients on any engine that Kysely speaks to. */
export class SqlClients implements Clients {
  readonly #database: Kysely<ControlTables>;

  constructor(database: Kysely<ControlTables>) {
    this.#database = database;
  }

  create({ ownedMax, ...client }: NewClient): Promise<Client | undefined> {
    return this.#database.transaction().execute(async (transaction) => {
      if (client.owner !== undefined && ownedMax !== undefined) {
        const owned = await transaction
          .selectFrom("client")
          .select("id")
          .where("owner_id", "=", client.owner)
          .execute();
        if (owned.length >= ownedMax) return undefined;
      }
      const row = await transaction
        .insertInto("client")
        .values(toRow(client))
        .returningAll()
        .executeTakeFirstOrThrow();
      return toClient(row);
    });
  }

  async adopt(publicId: string, name: string, now: EpochMs): Promise<Client> {
    const client = { publicId, name, redirectUris: [], implicit: true, adopted: true, createdAt: now };
    await this.#database
      .insertInto("client")
      .values(toRow(client))
      .onConflict((conflict) => conflict.column("public_id").doNothing())
      .execute();
    const made = await this.find(publicId);
    if (made === undefined) throw new Error("The client was deleted while it was adopted.");
    return made;
  }

  async find(publicId: string): Promise<Client | undefined> {
    const row = await this.#database
      .selectFrom("client")
      .selectAll()
      .where("public_id", "=", publicId)
      .executeTakeFirst();
    return row === undefined ? undefined : toClient(row);
  }

  async findByNumber(client: ClientNumber): Promise<Client | undefined> {
    const row = await this.#database
      .selectFrom("client")
      .selectAll()
      .where("id", "=", client)
      .executeTakeFirst();
    return row === undefined ? undefined : toClient(row);
  }

  async listOwned(owner: ProfileId): Promise<readonly Client[]> {
    const rows = await this.#database
      .selectFrom("client")
      .selectAll()
      .where("owner_id", "=", owner)
      .orderBy("id")
      .execute();
    return rows.map(toClient);
  }

  async change(client: ClientNumber, changes: ClientChanges): Promise<boolean> {
    const { name, redirectUris, implicit, secretHash } = changes;
    const values = {
      ...(name === undefined ? {} : { name }),
      ...(redirectUris === undefined ? {} : { redirect_uris: JSON.stringify(redirectUris) }),
      ...(implicit === undefined ? {} : { implicit: toFlag(implicit) }),
      ...(secretHash === undefined ? {} : { secret_hash: secretHash }),
    };
    if (Object.keys(values).length === 0) {
      const known = await this.#database
        .selectFrom("client")
        .select("id")
        .where("id", "=", client)
        .executeTakeFirst();
      return known !== undefined;
    }
    const { numUpdatedRows } = await this.#database
      .updateTable("client")
      .set(values)
      .where("id", "=", client)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  remove(client: Client, now: EpochMs): Promise<boolean> {
    return this.#database.transaction().execute(async (transaction) => {
      await recordEnd(transaction, client, now);
      const { numDeletedRows } = await transaction
        .deleteFrom("client")
        .where("id", "=", client.id)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    });
  }

  findPin(client: ClientNumber, profile: ProfileId): Promise<PinnedSecret | undefined> {
    return selectPin(this.#database, client, profile);
  }

  async pin(client: ClientNumber, profile: ProfileId, secretHash: string, now: EpochMs): Promise<string> {
    await insertPin(this.#database, client, profile, { secretHash, pinnedAt: now });
    const pinned = await this.findPin(client, profile);
    if (pinned === undefined) throw new Error("The secret was reset while it was pinned.");
    return pinned.secretHash;
  }

  async unpin(client: ClientNumber, profile: ProfileId): Promise<boolean> {
    const { numDeletedRows } = await this.#database
      .deleteFrom("client_pin")
      .where("client_id", "=", client)
      .where("profile_id", "=", profile)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }
}

/** Pins a secret unless one is pinned. @returns whether it was not, and is now */
export async function insertPin(
  database: Kysely<ControlTables>,
  client: ClientNumber,
  profile: ProfileId,
  { secretHash, pinnedAt }: PinnedSecret,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows = 0n } = await database
    .insertInto("client_pin")
    .values({ client_id: client, profile_id: profile, secret_hash: secretHash, pinned_at: pinnedAt })
    .onConflict((conflict) => conflict.columns(["client_id", "profile_id"]).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows > 0n;
}

export async function selectPin(
  database: Kysely<ControlTables>,
  client: ClientNumber,
  profile: ProfileId,
): Promise<PinnedSecret | undefined> {
  const row = await database
    .selectFrom("client_pin")
    .select(["secret_hash", "pinned_at"])
    .where("client_id", "=", client)
    .where("profile_id", "=", profile)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return { secretHash: row.secret_hash, pinnedAt: row.pinned_at as EpochMs };
}

/** In one statement, because very many people may have allowed it something. */
async function recordEnd(
  transaction: Transaction<ControlTables>,
  { id, publicId, name }: Client,
  now: EpochMs,
): Promise<void> {
  const details = { client_id: publicId, client_name: name, by: "its developer" };
  const entries = transaction
    .selectFrom("app_grant")
    .select(({ val, ref }) => [
      val(now).as("at"),
      ref("profile_id").as("profile_id"),
      val("app_disconnected" as const).as("kind"),
      val(JSON.stringify(details)).as("details"),
    ])
    .distinct()
    .where("client_id", "=", id)
    .where("profile_id", "is not", null)
    .where("revoked_at", "is", null);
  await transaction
    .insertInto("trail")
    .columns(["at", "profile_id", "kind", "details"])
    .expression(entries)
    .execute();
}

export type ClientRow = Selectable<ControlTables["client"]>;

export function toClient(row: ClientRow): Client {
  return {
    id: row.id as ClientNumber,
    publicId: row.public_id,
    name: row.name,
    redirectUris: JSON.parse(row.redirect_uris) as readonly string[],
    implicit: row.implicit === 1,
    adopted: row.adopted === 1,
    createdAt: row.created_at as EpochMs,
    ...(row.owner_id === null ? {} : { owner: row.owner_id as ProfileId }),
    ...(row.secret_hash === null ? {} : { secretHash: row.secret_hash }),
  };
}

function toRow(client: Omit<NewClient, "ownedMax">): Omit<ClientRow, "id"> {
  return {
    public_id: client.publicId,
    name: client.name,
    owner_id: client.owner ?? null,
    secret_hash: client.secretHash ?? null,
    redirect_uris: JSON.stringify(client.redirectUris),
    implicit: toFlag(client.implicit),
    adopted: toFlag(client.adopted),
    created_at: client.createdAt,
  };
}

export function toFlag(isSo: boolean): Flag {
  return isSo ? 1 : 0;
}
