import { describe, expect, test } from "bun:test";
import type { EpochMs } from "../../src/domain/reading.ts";
import { isUuid } from "../../src/domain/uuid.ts";
import type { Directory, Profile } from "../../src/storage/directory.ts";
import type {
  Invited,
  Joined,
  Joining,
  NewInvitation,
  NewRoom,
  Room,
  RoomId,
} from "../../src/storage/rooms.ts";
import { type DirectoryUnderTest, onFresh } from "./directoryUnderTest.ts";

const NOON = Date.UTC(2024, 2, 1, 12) as EpochMs;
const LATER = (NOON + 60_000) as EpochMs;
const RACE = { name: "Race 💛", lanes: [1, 2], "'; --": { deep: null } };

const hashOf = (index: number) => index.toString(16).padStart(64, "0");

const people = (directory: Directory, ...names: readonly string[]) =>
  Promise.all(names.map((name) => directory.createProfile(name, NOON))) as Promise<
    [Profile, Profile, Profile]
  >;

function newRoom({ rooms }: Directory, owner: Profile, more: Partial<NewRoom> = {}) {
  const limits = { ownedMax: 100, membershipsMax: 100 };
  return rooms.create({ owner: owner.id, configuration: {}, createdAt: NOON, ...limits, ...more });
}

async function roomOf(directory: Directory, owner: Profile, configuration = {}): Promise<Room> {
  const created = await newRoom(directory, owner, { configuration });
  if (created.outcome !== "created") throw new Error("the room was not made");
  return created.room;
}

function join(
  { rooms }: Directory,
  profile: Profile,
  code: number,
  more: Partial<Joining> = {},
): Promise<Joined> {
  const limits = { membersMax: 100, membershipsMax: 100 };
  return rooms.join({ codeHash: hashOf(code), profile: profile.id, now: NOON, ...limits, ...more });
}

/** Makes an invitation whose code hashes to {@link hashOf} this number, and lasts until {@link LATER}. */
function invite(
  { rooms }: Directory,
  { id }: Pick<Room, "id">,
  code: number,
  more: Partial<NewInvitation> = {},
): Promise<Invited> {
  const fixed = { createdAt: NOON, expiresAt: LATER, heldMax: 100 };
  return rooms.invite({ room: id, codeHash: hashOf(code), ...fixed, ...more });
}

async function roomOfThree(directory: Directory) {
  const [anna, ben, carl] = await people(directory, "anna", "ben", "carl");
  const room = await roomOf(directory, anna);
  await invite(directory, room, 1);
  for (const guest of [ben, carl]) await join(directory, guest, 1);
  return { anna, ben, carl, room };
}

async function membersOf({ rooms }: Directory, { publicId }: Room): Promise<readonly string[]> {
  return ((await rooms.find(publicId))?.members ?? []).map(({ profile }) => profile.name);
}

/** What every engine behind `Rooms` promises. */
export function roomsContract(engine: string, open: () => Promise<DirectoryUnderTest>): void {
  const withDirectory = onFresh(open);

  describe(`rooms on ${engine}`, () => {
    test(
      "a room has an id of its own, its configuration as it was given, and its owner as a member",
      withDirectory(async ({ directory }) => {
        const [anna, ben] = await people(directory, "anna", "ben");
        const race = await roomOf(directory, anna, RACE);
        const other = await roomOf(directory, ben);
        expect(isUuid(race.publicId)).toBe(true);
        expect(other.publicId).not.toBe(race.publicId);
        expect(await directory.rooms.find(race.publicId)).toEqual({
          ...race,
          owner: anna.id,
          configuration: RACE,
          members: [{ id: expect.any(Number), room: race.id, profile: anna, configuration: {} }],
        });
        expect(await directory.rooms.find(crypto.randomUUID())).toBeUndefined();
      }),
    );

    test(
      "one may own as many as the limit, also when the last one is made many times at once, and be in more",
      withDirectory(async ({ directory }) => {
        const [anna, ben] = await people(directory, "anna", "ben");
        await invite(directory, await roomOf(directory, ben), 1);
        await join(directory, anna, 1);
        const made = await Promise.all(
          Array.from({ length: 8 }, () => newRoom(directory, anna, { ownedMax: 3 })),
        );
        expect(made.filter(({ outcome }) => outcome === "created")).toHaveLength(3);
        expect(await directory.rooms.list(anna.id)).toHaveLength(4);
      }),
    );

    test(
      "one may be in as many as the limit, one's own included, whether one makes or joins them",
      withDirectory(async ({ directory }) => {
        const [anna, ben] = await people(directory, "anna", "ben");
        for (const code of [1, 2]) await invite(directory, await roomOf(directory, ben), code);
        await roomOf(directory, anna);
        expect(await join(directory, anna, 1, { membershipsMax: 2 })).toMatchObject({ outcome: "joined" });
        expect(await join(directory, anna, 2, { membershipsMax: 2 })).toEqual({ outcome: "in too many" });
        expect(await join(directory, anna, 1, { membershipsMax: 2 })).toMatchObject({
          outcome: "member already",
        });
        expect(await newRoom(directory, anna, { membershipsMax: 2 })).toEqual({ outcome: "in too many" });
        expect(await directory.rooms.list(anna.id)).toHaveLength(2);
      }),
    );

    test(
      "lists show the rooms of a member or every room, oldest first, members in the order of joining",
      withDirectory(async ({ directory }) => {
        const { anna, ben, carl, room } = await roomOfThree(directory);
        const second = await roomOf(directory, ben);
        const listed = async (of?: Profile) =>
          (await directory.rooms.list(of?.id)).map(({ publicId }) => publicId);
        expect(await listed(anna)).toEqual([room.publicId]);
        expect(await listed(ben)).toEqual([room.publicId, second.publicId]);
        expect(await listed()).toEqual([room.publicId, second.publicId]);
        expect(await membersOf(directory, room)).toEqual([anna.name, ben.name, carl.name]);
      }),
    );

    test(
      "of many rooms and memberships those that are there are told, more than one statement may ask about too",
      withDirectory(async ({ directory }) => {
        const { ben, room } = await roomOfThree(directory);
        const unknown = Array.from({ length: 70_000 }, (_, index) => 1_000_000 + index);
        const loaded = await directory.rooms.load([...unknown, room.id] as RoomId[]);
        expect(loaded.map(({ publicId }) => publicId)).toEqual([room.publicId]);
        const ids = (loaded[0]?.members ?? []).map(({ id }) => id);
        await directory.rooms.leave(room.id, ben.id);
        expect(await directory.rooms.findMemberships([...unknown, ...ids])).toEqual(
          new Set([ids[0], ids[2]] as number[]),
        );
        expect(await directory.rooms.findMemberships([])).toEqual(new Set());
        expect(await directory.rooms.load([])).toEqual([]);
      }),
    );

    test(
      "a configuration replaces the one before, of a room and of the member who is meant alone",
      withDirectory(async ({ directory }) => {
        const { anna, ben, room } = await roomOfThree(directory);
        const { rooms } = directory;
        await rooms.configure(room.id, { first: 1 });
        await rooms.configure(room.id, RACE);
        expect(await rooms.configureMember(room.id, ben.id, { color: "red" })).toBe(true);
        const found = await rooms.find(room.publicId);
        expect(found?.configuration).toEqual(RACE);
        expect(found?.members.map(({ configuration }) => configuration)).toEqual([{}, { color: "red" }, {}]);
        const other = await roomOf(directory, anna);
        expect(await rooms.configureMember(other.id, ben.id, {})).toBe(false);
      }),
    );

    test(
      "a room that is removed takes its members and invitations along, and its number is not given again",
      withDirectory(async ({ directory }) => {
        const { anna, ben, room } = await roomOfThree(directory);
        const members = (await directory.rooms.find(room.publicId))?.members ?? [];
        await directory.rooms.remove(room.id);
        expect(await directory.rooms.find(room.publicId)).toBeUndefined();
        expect(await directory.rooms.list(ben.id)).toEqual([]);
        expect(await directory.rooms.findMemberships(members.map(({ id }) => id))).toEqual(new Set());
        expect(await join(directory, ben, 1)).toEqual({ outcome: "invitation unknown" });
        expect((await roomOf(directory, anna)).id).not.toBe(room.id);
      }),
    );

    test(
      "an engine that cannot answer throws, and never says that a room or membership is not there",
      withDirectory(async ({ directory, breakEngine }) => {
        const { ben, room } = await roomOfThree(directory);
        const { rooms } = directory;
        await breakEngine();
        await expect(rooms.find(room.publicId)).rejects.toThrow();
        await expect(rooms.load([room.id])).rejects.toThrow();
        await expect(rooms.findMemberships([1])).rejects.toThrow();
        await expect(rooms.leave(room.id, ben.id)).rejects.toThrow();
        await expect(join(directory, ben, 1)).rejects.toThrow();
      }),
    );
  });

  describe(`coming and going on ${engine}`, () => {
    test(
      "whoever has an invitation joins, any number of people, until the moment at which it expires",
      withDirectory(async ({ directory }) => {
        const [anna, ben, carl] = await people(directory, "anna", "ben", "carl");
        const room = await roomOf(directory, anna);
        await invite(directory, room, 1);
        expect(await join(directory, ben, 1)).toEqual({ outcome: "joined", room });
        expect(await join(directory, ben, 1)).toEqual({ outcome: "member already", room });
        expect(await join(directory, carl, 2)).toEqual({ outcome: "invitation unknown" });
        expect(await join(directory, carl, 1, { now: LATER })).toEqual({ outcome: "invitation unknown" });
        expect(await join(directory, carl, 1, { now: (LATER - 1) as EpochMs })).toMatchObject({
          outcome: "joined",
        });
      }),
    );

    test(
      "of many who join at once, no more come in than the room may have",
      withDirectory(async ({ directory }) => {
        const [anna, ...guests] = await people(directory, "anna", ..."abcdefgh");
        const room = await roomOf(directory, anna);
        await invite(directory, room, 1);
        const outcomes = await Promise.all(
          guests.map((guest) => join(directory, guest, 1, { membersMax: 4 })),
        );
        expect(outcomes.filter(({ outcome }) => outcome === "joined")).toHaveLength(3);
        expect(outcomes.filter(({ outcome }) => outcome === "room full")).toHaveLength(5);
        expect(await membersOf(directory, room)).toHaveLength(4);
      }),
    );

    test(
      "what one process does, another one sees at once",
      withDirectory(async ({ directory, openBeside }) => {
        const beside = await openBeside();
        const { ben, room } = await roomOfThree(directory);
        await beside.rooms.configure(room.id, RACE);
        await beside.rooms.leave(room.id, ben.id);
        expect(await directory.rooms.find(room.publicId)).toMatchObject({ configuration: RACE });
        expect(await membersOf(directory, room)).toEqual(["anna", "carl"]);
        await beside.close();
      }),
    );

    test(
      "who leaves can come again by the same invitation, as another membership without configuration",
      withDirectory(async ({ directory }) => {
        const { ben, room } = await roomOfThree(directory);
        const membershipOf = async () =>
          (await directory.rooms.find(room.publicId))?.members.find(({ profile }) => profile.id === ben.id);
        await directory.rooms.configureMember(room.id, ben.id, { color: "red" });
        const first = await membershipOf();
        expect(await directory.rooms.leave(room.id, ben.id)).toBe(true);
        expect(await directory.rooms.leave(room.id, ben.id)).toBe(false);
        expect(await join(directory, ben, 1)).toMatchObject({ outcome: "joined" });
        const second = await membershipOf();
        expect(second?.configuration).toEqual({});
        expect(second?.id).not.toBe(first?.id);
      }),
    );

    test(
      "who is removed cannot come again by an invitation that was made before",
      withDirectory(async ({ directory }) => {
        const { ben, carl, room } = await roomOfThree(directory);
        expect(await directory.rooms.removeMember(room.id, ben.id)).toBe(true);
        expect(await directory.rooms.removeMember(room.id, ben.id)).toBe(false);
        expect(await join(directory, ben, 1)).toEqual({ outcome: "invitation unknown" });
        await invite(directory, room, 2);
        // Nobody was removed: the invitations stay.
        expect(await directory.rooms.removeMember(room.id, ben.id)).toBe(false);
        expect(await join(directory, ben, 2)).toMatchObject({ outcome: "joined" });
        expect(await membersOf(directory, room)).toEqual(["anna", carl.name, "ben"]);
      }),
    );

    test(
      "a room has as many invitations as the limit that hold, and those that expired make place",
      withDirectory(async ({ directory }) => {
        const [anna] = await people(directory, "anna");
        const [room, other] = [await roomOf(directory, anna), await roomOf(directory, anna)];
        const made = await Promise.all(
          [1, 2, 3, 4].map((code) => invite(directory, room, code, { heldMax: 2 })),
        );
        expect(made.sort()).toEqual(["invited", "invited", "too many", "too many"]);
        expect(await invite(directory, other, 5, { heldMax: 2 })).toBe("invited");
        const later = { createdAt: LATER, expiresAt: (LATER + 1) as EpochMs, heldMax: 2 };
        expect(await invite(directory, room, 6, later)).toBe("invited");
      }),
    );

    test(
      "an invitation ends with the token by which it was made when that is revoked, and not when it expires",
      withDirectory(async ({ directory }) => {
        const [anna, ben, carl] = await people(directory, "anna", "ben", "carl");
        const room = await roomOf(directory, anna);
        const [app, other] = await Promise.all(
          [1, 2].map((index) =>
            directory.createToken({
              hash: hashOf(index),
              profile: anna.id,
              clientId: "an app",
              scopes: ["data:room:write", "data:heart_rate:read"],
              createdAt: NOON,
              expiresAt: (NOON + 1) as EpochMs,
            }),
          ),
        );
        const limited = { heldMax: 2 };
        expect(await invite(directory, room, 1, { token: app as number, ...limited })).toBe("invited");
        expect(await invite(directory, room, 2, { token: other as number, ...limited })).toBe("invited");
        await directory.revokeToken(app as number, (NOON + 2) as EpochMs);
        expect(await join(directory, ben, 1)).toEqual({ outcome: "invitation unknown" });
        expect(await join(directory, carl, 2)).toMatchObject({ outcome: "joined" });
        // It takes no place any more either, and is none that could be withdrawn.
        expect(await invite(directory, room, 3, limited)).toBe("invited");
        expect(await directory.rooms.withdrawInvitations(room.id, NOON)).toBe(2);
      }),
    );

    test(
      "nobody is invited to a room that is gone",
      withDirectory(async ({ directory }) => {
        const [anna] = await people(directory, "anna");
        const room = await roomOf(directory, anna);
        await directory.rooms.remove(room.id);
        expect(await invite(directory, room, 1)).toBe("room unknown");
      }),
    );

    test(
      "invitations are withdrawn for one room, and those that still held are counted",
      withDirectory(async ({ directory }) => {
        const [anna, ben] = await people(directory, "anna", "ben");
        const [room, other] = [await roomOf(directory, anna), await roomOf(directory, anna)];
        for (const code of [1, 2]) await invite(directory, room, code);
        await invite(directory, other, 3);
        expect(await directory.rooms.withdrawInvitations(room.id, NOON)).toBe(2);
        expect(await directory.rooms.withdrawInvitations(room.id, NOON)).toBe(0);
        for (const code of [1, 2]) {
          expect(await join(directory, ben, code)).toEqual({ outcome: "invitation unknown" });
        }
        expect(await join(directory, ben, 3)).toMatchObject({ outcome: "joined" });
        expect(await directory.rooms.withdrawInvitations(other.id, LATER)).toBe(0);
      }),
    );
  });
}
