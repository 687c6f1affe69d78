import { describe, expect, test } from "bun:test";
import { hashToken } from "../../src/auth/tokens.ts";
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
import { sharedServer } from "../support/sharedServer.ts";

/** Who may do what in a room. */
const shared = sharedServer();

const call = (who: Pick<Person, "token">, method: string, path: string, body?: unknown) =>
  callRooms(shared(), who, method, path, body);
const someone = (scopes?: readonly Scope[]) => newPerson(shared(), scopes);

const NOT_MEMBER = { status: 403, code: 8010, message: "you are not a member of this room" } as const;
const NOT_OWNER = { status: 403, code: 8010, message: "only the owner of this room may do that" } as const;
const UNKNOWN_CODE = {
  status: 404,
  code: 8004,
  message: "this invitation is unknown, has expired or was withdrawn",
} as const;
const NO_ROOM = { status: 404, code: 8004, message: "there is no such room" } as const;

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

  test("an app that is disconnected leaves no invitation behind by which a stranger hears the pulse", async () => {
    const user = crypto.randomUUID();
    const own = { token: await shared().token(ROOM_SCOPES, { user }), profileId: "" };
    const app = { token: await shared().token(ROOM_SCOPES, { user }), profileId: "" };
    const roomId = await newRoom(shared(), app);
    const [left, kept] = [await newCode(shared(), app, roomId), await newCode(shared(), own, roomId)];
    const { directory } = shared().server.storage;
    const record = await directory.findToken(hashToken(app.token));
    await directory.revokeToken(record?.id ?? 0, Date.now() as EpochMs);
    await expectError(await call(await someone(), "POST", "/join", { code: left }), UNKNOWN_CODE);
    await answered(call(await someone(), "POST", "/join", { code: kept }));
  });

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
