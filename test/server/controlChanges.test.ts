import { describe, expect, spyOn, test } from "bun:test";
import { join } from "node:path";
import type { RoomWithMembers } from "../../src/storage/rooms.ts";
import { SqliteDirectory } from "../../src/storage/sqlite/sqliteDirectory.ts";
import {
  answered,
  callRooms,
  EVERY_KIND,
  joinByInvitation,
  listenToRoom,
  newPerson,
  newRoomOfTwo,
} from "../support/rooms.ts";
import { startTestServer } from "../support/server.ts";

describe("when a room changes", () => {
  test("by a route of this server, that room is looked at and no other", async () => {
    await using server = await startTestServer();
    const { rooms } = server.server.storage.directory;
    const [one, other] = [await newRoomOfTwo(server), await newRoomOfTwo(server)];
    using listener = await listenToRoom(server, one.anna, one.roomId, EVERY_KIND);
    using _other = await listenToRoom(server, other.anna, other.roomId, EVERY_KIND);
    const { id } = (await rooms.find(one.roomId)) as RoomWithMembers;
    const loading = spyOn(rooms, "load");
    const guest = await newPerson(server);
    await joinByInvitation(server, one.anna, one.roomId, guest);
    await listener.heard(1);
    const changes = [
      ["PUT", "/config", { config: { name: "Final" } }],
      ["PUT", `/members/${guest.profileId}/config`, { config: { color: "red" } }],
      ["DELETE", `/members/${guest.profileId}`, undefined],
    ] as const;
    for (const [index, [method, path, body]] of changes.entries()) {
      await answered(callRooms(server, one.anna, method, `/${one.roomId}${path}`, body));
      await listener.heard(index + 2);
    }
    expect(loading.mock.calls).toEqual(Array.from({ length: 4 }, () => [[id]]));
  });

  test("by another process, every room with listeners is looked at", async () => {
    await using server = await startTestServer();
    const [one, other] = [await newRoomOfTwo(server), await newRoomOfTwo(server)];
    using listener = await listenToRoom(server, one.anna, one.roomId, EVERY_KIND);
    using otherListener = await listenToRoom(server, other.anna, other.roomId, EVERY_KIND);
    const beside = await SqliteDirectory.open(join(server.folder, "control.db"));
    for (const { roomId } of [one, other]) {
      const room = await beside.rooms.find(roomId);
      await beside.rooms.configure(room?.id as never, { name: "Final" });
    }
    await beside.close();
    for (const heard of [listener, otherListener]) {
      expect(await heard.heard(1)).toEqual([expect.stringContaining('"room_updated"')]);
    }
  });
});
