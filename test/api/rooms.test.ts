import { describe, expect, test } from "bun:test";
import type { EpochMs } from "../../src/domain/reading.ts";
import type { Scope } from "../../src/domain/scopes.ts";
import { expectError } from "../support/answers.ts";
import {
  answered,
  callRooms,
  joinByInvitation,
  newCode,
  newPerson,
  newRoom,
  type Person,
  type RoomAnswer,
} from "../support/rooms.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { sharedServer } from "../support/sharedServer.ts";

/** Our own routes to make, join, configure and leave rooms. */
let now = Date.UTC(2024, 2, 1, 12);
const shared = sharedServer({
  clock: () => now as EpochMs,
  limits: { roomsMax: 3, roomMembersMax: 3, configurationBytesMax: 50 },
});

const call = (who: Pick<Person, "token">, method: string, path: string, body?: unknown) =>
  callRooms(shared(), who, method, path, body);
const someone = (scopes?: readonly Scope[]) => newPerson(shared(), scopes);

const NO_ROOM = { status: 404, code: 8004, message: "there is no such room" } as const;

describe("making a room", () => {
  test("the maker owns it and is its first member; it has what configuration was given, or none", async () => {
    const anna = await someone();
    for (const [body, config] of [
      [{ config: { name: "Race", lanes: [1, 2] } }, { name: "Race", lanes: [1, 2] }],
      [{}, {}],
    ] as const) {
      const { room } = await answered<{ room: RoomAnswer }>(call(anna, "POST", "", body));
      expect(room).toEqual({
        room_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        config,
        owner: true,
        members: [{ profile_id: anna.profileId, config: {} }],
      });
      expect(await answered<object>(call(anna, "GET", `/${room.room_id}`))).toEqual({ room });
    }
  });

  test("as many as the limit roomsMax; one more is 409", async () => {
    const anna = await someone();
    for (let count = 0; count < 3; count++) await newRoom(shared(), anna);
    await expectError(await call(anna, "POST", "", {}), { status: 409, code: 8011 });
    // Rooms of others in which one is do not count.
    const ben = await someone();
    await joinByInvitation(shared(), anna, await roomOf(anna), ben);
    await newRoom(shared(), ben);
  });

  test("a configuration of as many bytes as the limit is taken; one byte more is 400, and so is no object", async () => {
    const anna = await someone();
    const fits = { config: { a: "é".repeat(21) } };
    expect(Buffer.byteLength(JSON.stringify(fits.config))).toBe(50);
    await answered(call(anna, "POST", "", fits));
    const long = await call(anna, "POST", "", { config: { a: `${"é".repeat(21)}x` } });
    await expectError(long, {
      status: 400,
      code: 8001,
      message: "config: expected at most 50 bytes of JSON",
    });
    for (const config of [[], "x", 1, null]) {
      const response = await call(anna, "POST", "", { config });
      await expectError(response, { status: 400, code: 8001, message: "config: expected an object" });
    }
  });
});

async function roomOf(who: Person): Promise<string> {
  const { rooms } = await answered<{ rooms: readonly RoomAnswer[] }>(call(who, "GET", ""));
  return rooms[0]?.room_id ?? "";
}

describe("inviting and joining", () => {
  test("whoever has the code joins by their own token, and is in both lists from then on", async () => {
    const [anna, ben] = [await someone(), await someone()];
    const roomId = await newRoom(shared(), anna, { name: "Race" });
    const code = await newCode(shared(), anna, roomId);
    expect(code).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    const { room } = await answered<{ room: RoomAnswer }>(call(ben, "POST", "/join", { code }));
    expect(room.owner).toBe(false);
    expect(room.members.map(({ profile_id }) => profile_id)).toEqual([anna.profileId, ben.profileId]);
    for (const who of [anna, ben]) {
      const { rooms } = await answered<{ rooms: readonly RoomAnswer[] }>(call(who, "GET", ""));
      expect(rooms.map(({ room_id }) => room_id)).toEqual([roomId]);
    }
  });

  test("the link of an invitation has the code behind #, at the address that was asked or the public one", async () => {
    const anna = await someone();
    const roomId = await newRoom(shared(), anna);
    const linkOf = async (server: TestServer, who: Person, room: string) => {
      const answer = callRooms(server, who, "POST", `/${room}/invitations`, {});
      return (await answered<{ invitation: { code: string; link: string } }>(answer)).invitation;
    };
    const { code, link } = await linkOf(shared(), anna, roomId);
    expect(link).toBe(`${shared().origin}/join#${code}`);
    await using server = await startTestServer({
      environment: { HEARTWIRE_PUBLIC_URL: "https://heart.example.org" },
    });
    const ben = await newPerson(server);
    const { code: other, link: publicLink } = await linkOf(server, ben, await newRoom(server, ben));
    expect(publicLink).toBe(`https://heart.example.org/join#${other}`);
  });

  test("a code may be typed in small letters, without hyphens, with O for 0 and I or L for 1", async () => {
    const anna = await someone();
    const roomId = await newRoom(shared(), anna);
    const code = await newCode(shared(), anna, roomId);
    const typed = code.toLowerCase().replaceAll("-", " ").replaceAll("0", "o").replaceAll("1", "l");
    await answered(call(await someone(), "POST", "/join", { code: typed }));
  });

  test("who is a member already stays as they are", async () => {
    const [anna, ben] = [await someone(), await someone()];
    const roomId = await newRoom(shared(), anna);
    await joinByInvitation(shared(), anna, roomId, ben);
    await answered(call(ben, "PUT", `/${roomId}/members/me/config`, { config: { color: "red" } }));
    const code = await newCode(shared(), anna, roomId);
    const { room } = await answered<{ room: RoomAnswer }>(call(ben, "POST", "/join", { code }));
    expect(room.members).toHaveLength(2);
    expect(room.members[1]?.config).toEqual({ color: "red" });
  });

  test("an unknown, a mistyped, an expired and a withdrawn code are the same 404", async () => {
    const [anna, ben] = [await someone(), await someone()];
    const roomId = await newRoom(shared(), anna);
    const gone = {
      status: 404,
      code: 8004,
      message: "this invitation is unknown, has expired or was withdrawn",
    } as const;
    const answer = call(anna, "POST", `/${roomId}/invitations`, { expires_in: 60 });
    const { invitation } = await answered<{ invitation: { code: string; expires_at: number } }>(answer);
    expect(invitation.expires_at).toBe(now + 60_000);
    now += 60_000;
    const withdrawn = await newCode(shared(), anna, roomId);
    expect(await answered<object>(call(anna, "DELETE", `/${roomId}/invitations`))).toEqual({ withdrawn: 1 });
    for (const code of [invitation.code, withdrawn, "0000-0000-0000", "", "nonsense", "💓"]) {
      await expectError(await call(ben, "POST", "/join", { code }), gone);
    }
    await expectError(await call(ben, "POST", "/join", {}), {
      status: 400,
      code: 8001,
      message: "code: expected the code of an invitation",
    });
  });

  test("an expiry outside of a minute to thirty days, or of half a second, is 400", async () => {
    const anna = await someone();
    const roomId = await newRoom(shared(), anna);
    for (const expires_in of [59, 2_592_001, 60.5, "60", null]) {
      await expectError(await call(anna, "POST", `/${roomId}/invitations`, { expires_in }), {
        status: 400,
        code: 8001,
        message: "expires_in: expected a whole number of seconds from 60 to 2592000",
      });
    }
  });

  test("as many members as the limit roomMembersMax; one more is 409", async () => {
    const anna = await someone();
    const roomId = await newRoom(shared(), anna);
    const code = await newCode(shared(), anna, roomId);
    for (let count = 1; count < 3; count++) await answered(call(await someone(), "POST", "/join", { code }));
    const response = await call(await someone(), "POST", "/join", { code });
    await expectError(response, { status: 409, code: 8011, message: "this room is full" });
  });

  test("of many who join at once, no more come in than the room may have", async () => {
    const anna = await someone();
    const code = await newCode(shared(), anna, await newRoom(shared(), anna));
    const guests = await Promise.all(Array.from({ length: 8 }, () => someone()));
    const answers = await Promise.all(guests.map((guest) => call(guest, "POST", "/join", { code })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(6);
  });
});

test("who is removed cannot come back by a code that they still have; who left can", async () => {
  const [anna, ben] = [await someone(), await someone()];
  const roomId = await newRoom(shared(), anna);
  const code = await newCode(shared(), anna, roomId);
  const join = () => call(ben, "POST", "/join", { code });
  await answered(join());
  await answered(call(ben, "DELETE", `/${roomId}/members/me`));
  await answered(join());
  await answered(call(anna, "DELETE", `/${roomId}/members/${ben.profileId}`));
  await expectError(await join(), { status: 404, code: 8004 });
});

test("rooms, members and invitations are there after a restart, and an invitation's code is in no file and no log", async () => {
  await using first = await startTestServer();
  const [anna, ben] = [await newPerson(first), await newPerson(first)];
  const roomId = await newRoom(first, anna, { name: "Race" });
  const code = await newCode(first, anna, roomId);
  await expectError(await callRooms(first, ben, "POST", `/${code}/invitations`, {}), NO_ROOM);
  await first.server.stop();
  expect(first.log.lines.filter((line) => line.includes(code))).toEqual([]);
  const files = await Promise.all(
    ["control.db", "control.db-wal"].map((name) =>
      Bun.file(`${first.folder}/${name}`)
        .bytes()
        .catch(() => new Uint8Array()),
    ),
  );
  for (const bytes of files) {
    expect(Buffer.from(bytes).includes(code)).toBe(false);
    expect(Buffer.from(bytes).includes(code.replaceAll("-", ""))).toBe(false);
  }
  await using second = await startTestServer({ folder: first.folder });
  const { room } = await answered<{ room: RoomAnswer }>(callRooms(second, ben, "POST", "/join", { code }));
  expect(room).toMatchObject({
    room_id: roomId,
    config: { name: "Race" },
    members: [{}, { profile_id: ben.profileId }],
  });
});
