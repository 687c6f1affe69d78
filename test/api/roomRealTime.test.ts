import { describe, expect, test } from "bun:test";
import type { EpochMs } from "../../src/domain/reading.ts";
import { expectError, scopeError, TOKEN_ERRORS } from "../support/answers.ts";
import { Listener } from "../support/listener.ts";
import { bearer, MOMENT } from "../support/requests.ts";
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
  roomSocketPath,
} from "../support/rooms.ts";
import { write } from "../support/server.ts";
import { sharedServer } from "../support/sharedServer.ts";

/** `GET /api/v2/data/rooms/{roomId}/real_time`. */
const NOW = Date.UTC(2024, 2, 1, 18) as EpochMs;
const shared = sharedServer({ clock: () => NOW });

const someone = () => newPerson(shared());
const call = (who: Person, method: string, path: string, body?: unknown) =>
  callRooms(shared(), who, method, path, body);
const listen = (who: Person, roomId: string, query = "") => listenToRoom(shared(), who, roomId, query);
const roomOfTwo = () => newRoomOfTwo(shared());

/** Asks for a socket as a client does and shows what is answered instead of one. */
const handshake = (roomId: string, headers: Record<string, string>, query = "") =>
  fetch(`${shared().origin}${roomSocketPath(roomId)}${query}`, {
    headers: {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      ...headers,
    },
  });

describe("the four kinds of events, byte for byte", () => {
  test("a reading of a member, at its effective time", async () => {
    const { anna, ben, roomId } = await roomOfTwo();
    using listener = await listen(anna, roomId);
    await write(shared().origin, ben.token, MOMENT, 85);
    await write(shared().origin, anna.token, NOW + 60_000, 86);
    expect(await listener.heard(2)).toEqual([
      `{"kind":"heart_rate","timestamp":"2024-03-01T17:00:00.000Z","heart_rate":{"profile_id":"${ben.profileId}","bpm":85}}`,
      `{"kind":"heart_rate","timestamp":"2024-03-01T18:00:00.000Z","heart_rate":{"profile_id":"${anna.profileId}","bpm":86}}`,
    ]);
  });

  test("a member who joins, is configured, and leaves; and the room's configuration", async () => {
    const { anna, ben, roomId } = await roomOfTwo();
    const carl = await someone();
    using listener = await listen(anna, roomId, EVERY_KIND);
    await joinByInvitation(shared(), anna, roomId, carl);
    await listener.heard(1);
    await answered(call(ben, "PUT", `/${roomId}/members/me/config`, { config: { color: "red" } }));
    await listener.heard(2);
    await answered(call(carl, "DELETE", `/${roomId}/members/me`));
    await listener.heard(3);
    await answered(call(anna, "PUT", `/${roomId}/config`, { config: { name: "My Room" } }));
    const timestamp = '"timestamp":"2024-03-01T18:00:00.000Z"';
    expect(await listener.heard(4)).toEqual([
      `{"kind":"room_member_updated",${timestamp},"room_member_updated":{"profile_id":"${carl.profileId}","config":{}}}`,
      `{"kind":"room_member_updated",${timestamp},"room_member_updated":{"profile_id":"${ben.profileId}","config":{"color":"red"}}}`,
      `{"kind":"room_member_removed",${timestamp},"room_member_removed":{"profile_id":"${carl.profileId}"}}`,
      `{"kind":"room_updated",${timestamp},"room_updated":{"room_id":"${roomId}","config":{"name":"My Room"}}}`,
    ]);
  });
});

describe("which kinds are sent", () => {
  for (const [query, kinds] of [
    ["", ["heart_rate"]],
    ["?kinds=", ["heart_rate"]],
    ["?kinds=room_updated", ["room_updated"]],
    ["?kinds=room_updated,heart_rate", ["heart_rate", "room_updated"]],
    ["?kinds=nonsense,%20heart_rate%20,constructor", ["heart_rate"]],
    ["?kinds=nonsense", []],
  ] as const) {
    test(`${query || "without kinds"}: ${kinds.join(" and ") || "nothing"}`, async () => {
      const anna = await someone();
      const roomId = await newRoom(shared(), anna);
      using listener = await listen(anna, roomId, query);
      using all = await listen(anna, roomId, EVERY_KIND);
      await write(shared().origin, anna.token, MOMENT, 85);
      await answered(call(anna, "PUT", `/${roomId}/config`, { config: { name: "x" } }));
      await all.heard(2);
      await listener.heard(kinds.length);
      expect(listener.frames.map((frame) => JSON.parse(frame).kind).sort()).toEqual([...kinds]);
    });
  }
});

describe("who is let in is decided before the upgrade", () => {
  test("no token, an unknown one, or one without the scope: 401 with the JSON body", async () => {
    const anna = await someone();
    const roomId = await newRoom(shared(), anna);
    await expectError(await handshake(roomId, {}), TOKEN_ERRORS.missing);
    await expectError(await handshake(roomId, bearer(crypto.randomUUID())), TOKEN_ERRORS.unknown);
    const other = await newPerson(shared(), ["data:heart_rate:read", "data:room:write"]);
    await expectError(await handshake(roomId, bearer(other.token)), scopeError("data:room:read"));
  });

  test("somebody who is no member: 403; no such room: 404; no upgrade: 426", async () => {
    const [anna, eve] = [await someone(), await someone()];
    const roomId = await newRoom(shared(), anna);
    await expectError(await handshake(roomId, bearer(eve.token)), { status: 403, code: 8010 });
    for (const id of [crypto.randomUUID(), "nonsense"]) {
      await expectError(await handshake(id, bearer(anna.token)), { status: 404, code: 8004 });
    }
    const plain = await fetch(`${shared().origin}${roomSocketPath(roomId)}`, { headers: bearer(anna.token) });
    await expectError(plain, { status: 426, code: 8008 });
  });

  test("the token may be a query parameter", async () => {
    const anna = await someone();
    const roomId = await newRoom(shared(), anna);
    const address = `${shared().origin}${roomSocketPath(roomId.toUpperCase())}?access_token=${anna.token}`;
    using listener = await Listener.openAt(address);
    await write(shared().origin, anna.token, MOMENT, 85);
    await listener.heard(1);
  });
});

test("somebody in two rooms is heard in each, and once by a listener of both", async () => {
  const { anna, ben, roomId } = await roomOfTwo();
  const second = await newRoom(shared(), ben);
  await joinByInvitation(shared(), ben, second, anna);
  using first = await listen(ben, roomId);
  using other = await listen(ben, second);
  for (let step = 0; step < 5; step++) await write(shared().origin, anna.token, MOMENT + step, 85 + step);
  expect(await first.heard(5)).toEqual(await other.heard(5));
});
