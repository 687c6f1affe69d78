import { describe, expect, test } from "bun:test";
import type { EpochMs } from "../../src/domain/reading.ts";
import type { Scope } from "../../src/domain/scopes.ts";
import { expectError, scopeError } from "../support/answers.ts";
import {
  answered,
  callRooms,
  joinByInvitation,
  newCode,
  newPerson,
  newRoom,
  type Person,
  ROOM_SCOPES,
  type RoomAnswer,
} from "../support/rooms.ts";
import { startTestServer } from "../support/server.ts";
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

const NOT_MEMBER = { status: 403, code: 8010, message: "you are not a member of this room" } as const;
const NOT_OWNER = { status: 403, code: 8010, message: "only the owner of this room may do that" } as const;
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

describe("who may do what", () => {
  test("somebody who is no member may see and change nothing", async () => {
    const [anna, eve] = [await someone(), await someone()];
    const roomId = await newRoom(shared(), anna);
    await expectError(await call(eve, "GET", `/${roomId}`), NOT_MEMBER);
    await expectError(await call(eve, "DELETE", `/${roomId}/members/${anna.profileId}`), NOT_MEMBER);
    await expectError(await call(eve, "PUT", `/${roomId}/members/me/config`, { config: {} }), NOT_MEMBER);
    for (const [method, path, body] of OWNERS_ACTS) {
      await expectError(await call(eve, method, `/${roomId}${path}`, body), NOT_OWNER);
    }
    const { rooms } = await answered<{ rooms: readonly RoomAnswer[] }>(call(eve, "GET", ""));
    expect(rooms).toEqual([]);
  });

  test("a member may not do what is the owner's", async () => {
    const [anna, ben, carl] = [await someone(), await someone(), await someone()];
    const roomId = await newRoom(shared(), anna);
    for (const guest of [ben, carl]) await joinByInvitation(shared(), anna, roomId, guest);
    for (const [method, path, body] of OWNERS_ACTS) {
      await expectError(await call(ben, method, `/${roomId}${path}`, body), NOT_OWNER);
    }
    const carlPath = `/${roomId}/members/${carl.profileId}`;
    await expectError(await call(ben, "DELETE", carlPath), NOT_OWNER);
    await expectError(await call(ben, "PUT", `${carlPath}/config`, { config: {} }), NOT_OWNER);
  });

  test("a member changes their own configuration and leaves; the owner does both to others, and cannot leave", async () => {
    const [anna, ben] = [await someone(), await someone()];
    const roomId = await newRoom(shared(), anna);
    await joinByInvitation(shared(), anna, roomId, ben);
    const own = await answered<object>(
      call(ben, "PUT", `/${roomId}/members/me/config`, { config: { color: "red" } }),
    );
    expect(own).toEqual({ member: { profile_id: ben.profileId, config: { color: "red" } } });
    const benPath = `/${roomId}/members/${ben.profileId}`;
    await answered(call(anna, "PUT", `${benPath}/config`, { config: { color: "blue" } }));
    await answered(call(anna, "PUT", `/${roomId}/config`, { config: { name: "Final" } }));
    const { room } = await answered<{ room: RoomAnswer }>(call(ben, "GET", `/${roomId}`));
    expect(room).toMatchObject({ config: { name: "Final" }, members: [{}, { config: { color: "blue" } }] });
    await answered(call(ben, "DELETE", `/${roomId}/members/me`));
    await expectError(await call(ben, "GET", `/${roomId}`), NOT_MEMBER);
    await joinByInvitation(shared(), anna, roomId, ben);
    await answered(call(anna, "DELETE", benPath));
    await expectError(await call(anna, "DELETE", benPath), {
      status: 404,
      code: 8004,
      message: "this room has no such member",
    });
    await expectError(await call(anna, "DELETE", `/${roomId}/members/me`), {
      status: 409,
      code: 8011,
      message: "the owner cannot leave the room; delete it instead",
    });
  });

  test("a room that was deleted is not there any more, nor can it be joined", async () => {
    const anna = await someone();
    const roomId = await newRoom(shared(), anna);
    const code = await newCode(shared(), anna, roomId);
    await answered(call(anna, "DELETE", `/${roomId}`));
    await expectError(await call(anna, "GET", `/${roomId}`), NO_ROOM);
    await expectError(await call(anna, "POST", "/join", { code }), { status: 404, code: 8004 });
    for (const id of ["nonsense", crypto.randomUUID(), "%00"]) {
      await expectError(await call(anna, "GET", `/${id}`), NO_ROOM);
    }
  });
});

/** What only an owner may do, below the path of a room. */
const OWNERS_ACTS = [
  ["PUT", "/config", { config: {} }],
  ["POST", "/invitations", {}],
  ["DELETE", "/invitations", undefined],
  ["DELETE", "", undefined],
] as const;

describe("nobody can let others hear a pulse that they may not hear themselves", () => {
  for (const [what, method, path] of [
    ["make a room", "POST", ""],
    ["join one", "POST", "/join"],
    ["invite somebody", "POST", "/{room}/invitations"],
  ] as const) {
    test(`an app without data:heart_rate:read cannot ${what}`, async () => {
      const user = crypto.randomUUID();
      const full = { token: await shared().token(ROOM_SCOPES, { user }), profileId: "" };
      const roomId = await newRoom(shared(), full);
      const app = { token: await shared().token(["data:room:read", "data:room:write"], { user }) };
      const response = await call(app, method, path.replace("{room}", roomId), { code: "0000-0000-0000" });
      await expectError(response, scopeError("data:heart_rate:read"));
    });
  }

  test("nor can a token without data:room:write change anything, or one without data:room:read see anything", async () => {
    const reader = await someone(["data:room:read", "data:heart_rate:read"]);
    const writer = await someone(["data:room:write", "data:heart_rate:read"]);
    const roomId = crypto.randomUUID();
    for (const [method, path, body] of [
      ...OWNERS_ACTS.map(([method, path, body]) => [method, `/${roomId}${path}`, body] as const),
      ["POST", "", {}],
      ["POST", "/join", {}],
      ["DELETE", `/${roomId}/members/me`, undefined],
      ["PUT", `/${roomId}/members/me/config`, { config: {} }],
    ] as const) {
      await expectError(await call(reader, method, path, body), scopeError("data:room:write"));
    }
    for (const path of ["", `/${roomId}`]) {
      await expectError(await call(writer, "GET", path), scopeError("data:room:read"));
    }
  });
});

test("rooms, members and invitations are there after a restart, and an invitation's code is not in the files", async () => {
  await using first = await startTestServer();
  const [anna, ben] = [await newPerson(first), await newPerson(first)];
  const roomId = await newRoom(first, anna, { name: "Race" });
  const code = await newCode(first, anna, roomId);
  await first.server.stop();
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
