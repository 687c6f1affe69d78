import { describe, expect, test } from "bun:test";
import { hashToken } from "../../src/auth/tokens.ts";
import type { EpochMs } from "../../src/domain/reading.ts";
import { SqliteDirectory } from "../../src/storage/sqlite/sqliteDirectory.ts";
import type { Listener } from "../support/listener.ts";
import { MOMENT } from "../support/requests.ts";
import {
  answered,
  callRooms,
  EVERY_KIND,
  joinByInvitation,
  listenToRoom,
  newPerson,
  newRoom,
  newRoomOfTwo,
  type Person,
} from "../support/rooms.ts";
import { startTestServer, type TestServer, write } from "../support/server.ts";
import { sharedServer } from "../support/sharedServer.ts";

/** How listening to a room, and being heard in it, ends. */
const NOW = Date.UTC(2024, 2, 1, 18) as EpochMs;
const shared = sharedServer({ clock: () => NOW });

/** "Within a second", and patience with a busy machine. */
const AT_ONCE_MS = 1_000;

const call = (who: Person, method: string, path: string, body?: unknown) =>
  callRooms(shared(), who, method, path, body);
const listen = (who: Person, roomId: string, query = "") => listenToRoom(shared(), who, roomId, query);
const roomOfTwo = () => newRoomOfTwo(shared());

describe("when somebody is no member any more", () => {
  test("their pulse stops in the room within a second, and their own listeners are closed with 1008", async () => {
    const { anna, ben, roomId } = await roomOfTwo();
    using listener = await listen(anna, roomId, EVERY_KIND);
    using theirs = await listen(ben, roomId);
    await write(shared().origin, ben.token, MOMENT, 85);
    await listener.heard(1);
    const removedAt = Date.now();
    await answered(call(anna, "DELETE", `/${roomId}/members/${ben.profileId}`));
    const { code, at } = await theirs.closed;
    expect(code).toBe(1008);
    expect(at - removedAt).toBeLessThan(AT_ONCE_MS);
    await listener.heard(2);
    await write(shared().origin, ben.token, MOMENT + 1, 86);
    await write(shared().origin, anna.token, MOMENT + 1, 87);
    const frames = await listener.heard(3);
    expect(frames.map((frame) => JSON.parse(frame).kind)).toEqual([
      "heart_rate",
      "room_member_removed",
      "heart_rate",
    ]);
    expect(JSON.parse(frames[2] ?? "").heart_rate.bpm).toBe(87);
  });

  test("also when another process removed them", async () => {
    const { anna, ben, roomId } = await roomOfTwo();
    using listener = await listen(anna, roomId, EVERY_KIND);
    const beside = await SqliteDirectory.open(`${shared().folder}/control.db`);
    const room = await beside.rooms.find(roomId);
    const member = room?.members.find(({ profile }) => profile.publicId === ben.profileId);
    if (room === undefined || member === undefined) throw new Error("the room is gone");
    const removedAt = Date.now();
    await beside.rooms.removeMember(room.id, member.profile.id);
    await listener.heard(1);
    expect(Date.now() - removedAt).toBeLessThan(AT_ONCE_MS);
    await beside.close();
    await write(shared().origin, ben.token, MOMENT, 85);
    await write(shared().origin, anna.token, MOMENT, 86);
    expect(JSON.parse((await listener.heard(2))[1] ?? "").heart_rate.bpm).toBe(86);
  });

  test("who leaves and comes again is heard again, and both are told", async () => {
    const { anna, ben, roomId } = await roomOfTwo();
    using listener = await listen(anna, roomId, EVERY_KIND);
    await answered(call(ben, "DELETE", `/${roomId}/members/me`));
    await joinByInvitation(shared(), anna, roomId, ben);
    await listener.heard(2);
    await write(shared().origin, ben.token, MOMENT, 85);
    const kinds = (await listener.heard(3)).map((frame) => JSON.parse(frame).kind);
    expect(kinds).toEqual(["room_member_removed", "room_member_updated", "heart_rate"]);
  });

  test("a room that is deleted closes every listener with 1008, and no other room's", async () => {
    const { anna, ben, roomId } = await roomOfTwo();
    const other = await newRoom(shared(), anna);
    using elsewhere = await listen(anna, other);
    const listeners = [await listen(anna, roomId), await listen(ben, roomId, EVERY_KIND)];
    await answered(call(anna, "DELETE", `/${roomId}`));
    for (const { closed } of listeners) expect((await closed).code).toBe(1008);
    await write(shared().origin, anna.token, MOMENT, 85);
    await elsewhere.heard(1);
  });

  test("a token that is revoked closes the listeners that it opened, and no others", async () => {
    const { anna, ben, roomId } = await roomOfTwo();
    using theirs = await listen(ben, roomId);
    using stays = await listen(anna, roomId);
    const { directory } = shared().server.storage;
    const { id } = (await directory.findToken(hashToken(ben.token))) ?? { id: 0 };
    const beside = await SqliteDirectory.open(`${shared().folder}/control.db`);
    expect(await beside.revokeToken(id, NOW)).toBe(true);
    await beside.close();
    expect(await theirs.closed).toMatchObject({
      code: 1008,
      reason: "the token was revoked or has expired",
    });
    // A membership is the person's, not the token's: they are still heard.
    const again = await shared().server.storage.directory.rooms.find(roomId);
    expect(again?.members).toHaveLength(2);
    await write(shared().origin, anna.token, MOMENT, 85);
    await stays.heard(1);
  });
});

describe("what changes while a socket is being opened is not missed", () => {
  /** Does something after the room was looked up for a socket, and before the socket is there. */
  async function openWhile(
    server: TestServer,
    who: Person,
    roomId: string,
    act: () => Promise<unknown>,
  ): Promise<Listener> {
    const { rooms } = server.server.storage.directory;
    const { find } = rooms;
    rooms.find = async (id) => {
      rooms.find = find;
      const room = await find.call(rooms, id);
      await act();
      return room;
    };
    return listenToRoom(server, who, roomId, EVERY_KIND);
  }

  test("who is removed meanwhile is closed with 1008", async () => {
    await using server = await startTestServer();
    const { anna, ben, roomId } = await newRoomOfTwo(server);
    using listener = await openWhile(server, ben, roomId, () =>
      answered(callRooms(server, anna, "DELETE", `/${roomId}/members/${ben.profileId}`)),
    );
    expect((await listener.closed).code).toBe(1008);
  });

  test("a configuration that is set meanwhile is told", async () => {
    await using server = await startTestServer();
    const anna = await newPerson(server);
    const roomId = await newRoom(server, anna);
    using listener = await openWhile(server, anna, roomId, () =>
      answered(callRooms(server, anna, "PUT", `/${roomId}/config`, { config: { name: "Final" } })),
    );
    expect(JSON.parse((await listener.heard(1))[0] ?? "")).toMatchObject({
      room_updated: { config: { name: "Final" } },
    });
  });

  test("also when another process did it", async () => {
    await using server = await startTestServer();
    const { ben, roomId } = await newRoomOfTwo(server);
    const beside = await SqliteDirectory.open(`${server.folder}/control.db`);
    const room = await beside.rooms.find(roomId);
    const profile = room?.members.find(({ profile }) => profile.publicId === ben.profileId)?.profile;
    if (room === undefined || profile === undefined) throw new Error("the room is gone");
    using listener = await openWhile(server, ben, roomId, () =>
      beside.rooms.removeMember(room.id, profile.id),
    );
    expect((await listener.closed).code).toBe(1008);
    await beside.close();
  });
});

test("a change while rooms cannot be looked at is told once they can be again", async () => {
  await using server = await startTestServer();
  const { anna, ben, roomId } = await newRoomOfTwo(server);
  using listener = await listenToRoom(server, anna, roomId, EVERY_KIND);
  const { rooms } = server.server.storage.directory;
  const { load } = rooms;
  let failures = 0;
  rooms.load = async () => {
    failures++;
    throw new Error("the directory is away");
  };
  await answered(callRooms(server, ben, "DELETE", `/${roomId}/members/me`));
  while (failures < 2) await Bun.sleep(5);
  rooms.load = load;
  expect(JSON.parse((await listener.heard(1))[0] ?? "").kind).toBe("room_member_removed");
});

test("when the server stops, listeners of rooms are closed with 1001", async () => {
  const server = await startTestServer();
  const anna = await newPerson(server);
  const roomId = await newRoom(server, anna);
  const listener = await listenToRoom(server, anna, roomId);
  await server[Symbol.asyncDispose]();
  expect((await listener.closed).code).toBe(1001);
});
