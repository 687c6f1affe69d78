import type { Kysely, Selectable } from "kysely";
import type { EpochMs, ProfileId } from "../domain/reading.ts";
import type { ControlTables } from "./controlTables.ts";
import type {
  Configuration,
  Created,
  Invited,
  Joined,
  Joining,
  Member,
  NewInvitation,
  NewRoom,
  Room,
  RoomId,
  Rooms,
  RoomWithMembers,
} from "./rooms.ts";
import { inChunks } from "./sqlChunks.ts";

/** Rooms on any engine that Kysely speaks to. */
export class SqlRooms implements Rooms {
  readonly #database: Kysely<ControlTables>;

  constructor(database: Kysely<ControlTables>) {
    this.#database = database;
  }

  create({ owner, configuration, createdAt, ownedMax, membershipsMax }: NewRoom): Promise<Created> {
    return this.#database.transaction().execute(async (transaction) => {
      const owned = await transaction.selectFrom("room").select("id").where("owner_id", "=", owner).execute();
      if (owned.length >= ownedMax) return { outcome: "owns too many" };
      if ((await countMemberships(transaction, owner)) >= membershipsMax) return { outcome: "in too many" };
      const row = await transaction
        .insertInto("room")
        .values({
          public_id: crypto.randomUUID(),
          owner_id: owner,
          configuration: JSON.stringify(configuration),
          created_at: createdAt,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      await addMember(transaction, row.id, owner, createdAt);
      return { outcome: "created", room: toRoom(row) };
    });
  }

  async find(publicId: string): Promise<RoomWithMembers | undefined> {
    const rows = await this.#database
      .selectFrom("room")
      .selectAll()
      .where("public_id", "=", publicId)
      .execute();
    return (await this.#withMembers(rows))[0];
  }

  async load(rooms: readonly RoomId[]): Promise<readonly RoomWithMembers[]> {
    const rows = await inChunks(rooms, (ids) =>
      this.#database.selectFrom("room").selectAll().where("id", "in", ids).execute(),
    );
    return this.#withMembers(rows);
  }

  async list(member?: ProfileId): Promise<readonly RoomWithMembers[]> {
    let query = this.#database.selectFrom("room").selectAll("room").orderBy("room.id");
    if (member !== undefined) {
      query = query
        .innerJoin("room_member", "room_member.room_id", "room.id")
        .where("room_member.profile_id", "=", member);
    }
    return this.#withMembers(await query.execute());
  }

  async findMemberships(ids: readonly number[]): Promise<ReadonlySet<number>> {
    const rows = await inChunks(ids, (chunk) =>
      this.#database.selectFrom("room_member").select("id").where("id", "in", chunk).execute(),
    );
    return new Set(rows.map(({ id }) => id));
  }

  async configure(room: RoomId, configuration: Configuration): Promise<boolean> {
    const { numUpdatedRows } = await this.#database
      .updateTable("room")
      .set({ configuration: JSON.stringify(configuration) })
      .where("id", "=", room)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  async configureMember(room: RoomId, profile: ProfileId, configuration: Configuration): Promise<boolean> {
    const { numUpdatedRows } = await this.#database
      .updateTable("room_member")
      .set({ configuration: JSON.stringify(configuration) })
      .where("room_id", "=", room)
      .where("profile_id", "=", profile)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  leave(room: RoomId, profile: ProfileId): Promise<boolean> {
    return deleteMember(this.#database, room, profile);
  }

  removeMember(room: RoomId, profile: ProfileId): Promise<boolean> {
    return this.#database.transaction().execute(async (transaction) => {
      if (!(await deleteMember(transaction, room, profile))) return false;
      await transaction.deleteFrom("room_invitation").where("room_id", "=", room).execute();
      return true;
    });
  }

  async remove(room: RoomId): Promise<void> {
    await this.#database.deleteFrom("room").where("id", "=", room).execute();
  }

  invite({ room, codeHash, createdAt, expiresAt, token, heldMax }: NewInvitation): Promise<Invited> {
    return this.#database.transaction().execute(async (transaction) => {
      const found = await transaction.selectFrom("room").select("id").where("id", "=", room).execute();
      if (found.length === 0) return "room unknown";
      await deleteEndedInvitations(transaction, createdAt);
      const held = await transaction
        .selectFrom("room_invitation")
        .select("id")
        .where("room_id", "=", room)
        .execute();
      if (held.length >= heldMax) return "too many";
      await transaction
        .insertInto("room_invitation")
        .values({
          room_id: room,
          code_hash: codeHash,
          created_at: createdAt,
          expires_at: expiresAt,
          token_id: token ?? null,
        })
        .execute();
      return "invited";
    });
  }

  withdrawInvitations(room: RoomId, now: EpochMs): Promise<number> {
    return this.#database.transaction().execute(async (transaction) => {
      await deleteEndedInvitations(transaction, now);
      const { numDeletedRows } = await transaction
        .deleteFrom("room_invitation")
        .where("room_id", "=", room)
        .executeTakeFirst();
      return Number(numDeletedRows);
    });
  }

  join({ codeHash, profile, now, membersMax, membershipsMax }: Joining): Promise<Joined> {
    return this.#database.transaction().execute(async (transaction) => {
      const row = await transaction
        .selectFrom("room_invitation")
        .innerJoin("room", "room.id", "room_invitation.room_id")
        .leftJoin("access_token", "access_token.id", "room_invitation.token_id")
        .selectAll("room")
        .where("room_invitation.code_hash", "=", codeHash)
        .where("room_invitation.expires_at", ">", now)
        // Disconnecting an app ends what it gave away. That its token expires does not: it comes back with another.
        .where("access_token.revoked_at", "is", null)
        .executeTakeFirst();
      if (row === undefined) return { outcome: "invitation unknown" };
      const members = await transaction
        .selectFrom("room_member")
        .select("profile_id")
        .where("room_id", "=", row.id)
        .execute();
      const room = toRoom(row);
      if (members.some((member) => member.profile_id === profile)) return { outcome: "member already", room };
      if (members.length >= membersMax) return { outcome: "room full" };
      if ((await countMemberships(transaction, profile)) >= membershipsMax) return { outcome: "in too many" };
      await addMember(transaction, row.id, profile, now);
      return { outcome: "joined", room };
    });
  }

  async #withMembers(rows: readonly RoomRow[]): Promise<readonly RoomWithMembers[]> {
    const members = await inChunks(
      rows.map(({ id }) => id),
      (ids) =>
        this.#database
          .selectFrom("room_member")
          .innerJoin("profile", "profile.id", "room_member.profile_id")
          .selectAll("room_member")
          .select(["profile.public_id", "profile.name"])
          .where("room_member.room_id", "in", ids)
          .orderBy("room_member.id")
          .execute(),
    );
    const byRoom = Map.groupBy(members.map(toMember), ({ room }) => room);
    return rows.map((row) => ({ ...toRoom(row), members: byRoom.get(row.id as RoomId) ?? [] }));
  }
}

type RoomRow = Selectable<ControlTables["room"]>;

async function countMemberships(database: Kysely<ControlTables>, profile: ProfileId): Promise<number> {
  const rows = await database
    .selectFrom("room_member")
    .select("id")
    .where("profile_id", "=", profile)
    .execute();
  return rows.length;
}

/** Deletes the invitations to any room that can be used no more: expired, or of a token that was revoked. */
async function deleteEndedInvitations(database: Kysely<ControlTables>, now: EpochMs): Promise<void> {
  const revoked = database.selectFrom("access_token").select("id").where("revoked_at", "is not", null);
  await database
    .deleteFrom("room_invitation")
    .where(({ or, eb }) => or([eb("expires_at", "<=", now), eb("token_id", "in", revoked)]))
    .execute();
}

async function addMember(
  database: Kysely<ControlTables>,
  room: number,
  profile: ProfileId,
  now: EpochMs,
): Promise<void> {
  await database
    .insertInto("room_member")
    .values({ room_id: room, profile_id: profile, configuration: "{}", joined_at: now })
    .execute();
}

async function deleteMember(
  database: Kysely<ControlTables>,
  room: RoomId,
  profile: ProfileId,
): Promise<boolean> {
  const { numDeletedRows } = await database
    .deleteFrom("room_member")
    .where("room_id", "=", room)
    .where("profile_id", "=", profile)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

function toRoom(row: RoomRow): Room {
  return {
    id: row.id as RoomId,
    publicId: row.public_id,
    owner: row.owner_id as ProfileId,
    configuration: JSON.parse(row.configuration),
  };
}

function toMember(
  row: Selectable<ControlTables["room_member"]> & { readonly public_id: string; readonly name: string },
): Member {
  return {
    id: row.id,
    room: row.room_id as RoomId,
    profile: { id: row.profile_id as ProfileId, publicId: row.public_id, name: row.name },
    configuration: JSON.parse(row.configuration),
  };
}
