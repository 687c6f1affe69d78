import { describe, expect, test } from "bun:test";
import { openAnswer } from "../../../src/auth/oauth/sealedAnswer.ts";
import { hashToken } from "../../../src/auth/tokens.ts";
import { REFRESH_TOKEN_SECONDS } from "../../../src/domain/oauthLifetimes.ts";
import { REPEAT_MS } from "../../../src/storage/grants.ts";
import { Listener } from "../../support/listener.ts";
import {
  newClient,
  newCode,
  REFUSED_CLIENT,
  REFUSED_GRANT,
  redeem,
  refresh,
  type TestClient,
  type TokenReply,
  validated,
} from "../../support/oauth/flows.ts";
import { meetAfter } from "../../support/oauth/meeting.ts";
import { MovableClock } from "../../support/oauth/movableClock.ts";
import { callRooms, newCode as newInvitation, newPerson, newRoom } from "../../support/rooms.ts";
import { startTestServer, type TestServer, write } from "../../support/server.ts";
import { sharedServer } from "../../support/sharedServer.ts";
import { type SignedInPerson, signIn } from "../../support/signedIn.ts";
import { newWidget } from "../../support/widgets.ts";

/** Refresh tokens: rotation, its one repetition, and what their theft leads to (RFC 9700 section 4.14). */
const shared = sharedServer();

interface Connected {
  readonly client: TestClient;
  readonly person: SignedInPerson;
  readonly pair: TokenReply["body"];
}

async function connect(server: TestServer, scope?: string): Promise<Connected> {
  const [client, person] = [await newClient(server), await signIn(server)];
  const code = await newCode(server, person, client, scope === undefined ? {} : { scope });
  return { client, person, pair: (await redeem(server, client, code)).body };
}

const holds = async (server: TestServer, token: string) => (await validated(server, token)).status === 200;

describe("an app refreshes its tokens", () => {
  test("both are new, and the old access token is unknown at once", async () => {
    const { client, pair } = await connect(shared());
    const { status, body } = await refresh(shared(), client, pair.refresh_token);
    expect({ status, ...body }).toEqual({
      status: 200,
      access_token: expect.stringMatching(/^[0-9a-f-]{36}$/),
      refresh_token: expect.stringMatching(/^[0-9a-f-]{36}$/),
      expires_in: 3600,
      token_type: "bearer",
    });
    expect(new Set([...Object.values(pair), ...Object.values(body)]).size).toBe(6);
    expect(await holds(shared(), pair.access_token)).toBe(false);
    expect(await holds(shared(), body.access_token)).toBe(true);
  });

  test("the sockets of the old access token close with 1008 within a second", async () => {
    const { client, pair } = await connect(shared());
    using listener = await Listener.open(shared().origin, pair.access_token);
    const before = Date.now();
    await refresh(shared(), client, pair.refresh_token);
    const { code, at } = await listener.closed;
    expect(code).toBe(1008);
    expect(at - before).toBeLessThan(1_000);
  });

  test("the link of a widget, its listeners and an invitation to a room live on", async () => {
    const scope = "data:heart_rate:read data:heart_rate:write data:room:read data:room:write widgets:update";
    const { client, pair } = await connect(shared(), scope);
    const { origin } = shared();
    const widget = await newWidget(shared(), pair.access_token);
    const roomId = await newRoom(shared(), { token: pair.access_token, profileId: "" });
    const invitation = await newInvitation(shared(), { token: pair.access_token, profileId: "" }, roomId);
    using listener = await Listener.openAt(`${origin}/listen/${widget.id}`);
    const { body } = await refresh(shared(), client, pair.refresh_token);
    await write(origin, body.access_token, Date.now(), 71);
    expect(await listener.heard(1)).toEqual([expect.stringContaining('"heartRate":71')]);
    expect(listener.isOpen).toBe(true);
    const guest = await newPerson(shared());
    expect((await callRooms(shared(), guest, "POST", "/join", { code: invitation })).status).toBe(200);
    // They hang on the new token now: they end with it.
    await fetch(`${origin}/oauth2/revoke`, {
      method: "POST",
      body: new URLSearchParams({ token: body.access_token }),
    });
    expect((await listener.closed).code).toBe(1008);
    const late = await newPerson(shared());
    expect((await callRooms(shared(), late, "POST", "/join", { code: invitation })).status).toBe(404);
  });

  test("it may ask for less than it was granted, and for all of it again, never for more", async () => {
    const { client, pair } = await connect(shared());
    const less = await refresh(shared(), client, pair.refresh_token, { scope: "data:heart_rate:read" });
    expect(less.body.scope).toBeUndefined();
    expect((await validated(shared(), less.body.access_token)).scopes).toEqual(["data:heart_rate:read"]);
    const wider = { scope: "data:heart_rate:read profile:read" };
    const refused = { status: 400, body: { error: "invalid_scope" } };
    expect(await refresh(shared(), client, less.body.refresh_token, wider)).toMatchObject(refused);
    const none = { scope: "news:read" };
    expect(await refresh(shared(), client, less.body.refresh_token, none)).toMatchObject(refused);
    const all = await refresh(shared(), client, less.body.refresh_token);
    expect((await validated(shared(), all.body.access_token)).scopes).toEqual([
      "data:heart_rate:read",
      "data:heart_rate:write",
    ]);
  });

  test("so often in a minute (tokensPerMinuteMax); one more is told to wait, and loses nothing by it", async () => {
    const clock = new MovableClock();
    await using server = await startTestServer({ limits: { tokensPerMinuteMax: 2 }, clock: clock.now });
    const { client, pair } = await connect(server);
    let { refresh_token: token } = pair;
    for (let turn = 0; turn < 2; turn++) token = (await refresh(server, client, token)).body.refresh_token;
    expect(await refresh(server, client, token)).toMatchObject({
      status: 429,
      body: { error: "temporarily_unavailable" },
    });
    clock.move(60_000);
    expect((await refresh(server, client, token)).status).toBe(200);
  });

  test("a refresh token holds a year, counted anew at each rotation", async () => {
    const clock = new MovableClock();
    await using server = await startTestServer({ clock: clock.now });
    const { client, pair } = await connect(server);
    clock.move(REFRESH_TOKEN_SECONDS * 1000 - 1);
    expect(await holds(server, pair.access_token)).toBe(false);
    const { body } = await refresh(server, client, pair.refresh_token);
    clock.move(REFRESH_TOKEN_SECONDS * 1000);
    expect(await refresh(server, client, body.refresh_token)).toMatchObject(REFUSED_GRANT);
  });
});

describe("a refresh token that was rotated", () => {
  test("may be repeated once within a minute, and is given the same answer", async () => {
    const clock = new MovableClock();
    await using server = await startTestServer({ clock: clock.now });
    const { client, pair } = await connect(server);
    const first = await refresh(server, client, pair.refresh_token);
    expect(REPEAT_MS).toBe(60_000);
    clock.move(REPEAT_MS);
    expect(await refresh(server, client, pair.refresh_token)).toEqual(first);
    expect(await holds(server, first.body.access_token)).toBe(true);
  });

  test("a second repetition ends the family, and its person reads why", async () => {
    const { client, pair, person } = await connect(shared());
    const { body } = await refresh(shared(), client, pair.refresh_token);
    await refresh(shared(), client, pair.refresh_token);
    expect(await refresh(shared(), client, pair.refresh_token)).toMatchObject(REFUSED_GRANT);
    expect(await holds(shared(), body.access_token)).toBe(false);
    expect(await refresh(shared(), client, body.refresh_token)).toMatchObject(REFUSED_GRANT);
    const [entry] = await shared().server.storage.directory.trail.read(person.profile.id, 1);
    expect(entry).toMatchObject({
      kind: "app_family_revoked",
      details: { client_id: client.publicId, reason: "refresh token used twice" },
    });
  });

  test("a repetition after a minute ends the family: a thief's replay is noticed", async () => {
    const clock = new MovableClock();
    await using server = await startTestServer({ clock: clock.now });
    const { client, pair } = await connect(server);
    const { body } = await refresh(server, client, pair.refresh_token);
    using listener = await Listener.open(server.origin, body.access_token);
    clock.move(REPEAT_MS + 1);
    expect(await refresh(server, client, pair.refresh_token)).toMatchObject(REFUSED_GRANT);
    expect(await holds(server, body.access_token)).toBe(false);
    expect((await listener.closed).code).toBe(1008);
  });

  test("is not repeated once its successor was used: a thief does not follow the chain to the tokens that hold", async () => {
    const { client, pair } = await connect(shared());
    const second = await refresh(shared(), client, pair.refresh_token);
    const third = await refresh(shared(), client, second.body.refresh_token);
    expect(await refresh(shared(), client, pair.refresh_token)).toMatchObject(REFUSED_GRANT);
    expect(await holds(shared(), third.body.access_token)).toBe(false);
    expect(await refresh(shared(), client, second.body.refresh_token)).toMatchObject(REFUSED_GRANT);
  });

  test("two at the same time are given the same answer", async () => {
    await using server = await startTestServer();
    const { client, pair } = await connect(server);
    meetAfter(server.server.storage.directory.grants, "findRefreshToken", 2);
    const [one, two] = await Promise.all([
      refresh(server, client, pair.refresh_token),
      refresh(server, client, pair.refresh_token),
    ]);
    expect(one).toEqual(two);
    expect(one.status).toBe(200);
    expect(await holds(server, one.body.access_token)).toBe(true);
  });

  test("of many at the same time no two hold different tokens", async () => {
    await using server = await startTestServer();
    const { client, pair } = await connect(server);
    meetAfter(server.server.storage.directory.grants, "findRefreshToken", 20);
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => refresh(server, client, pair.refresh_token)),
    );
    const given = replies.filter(({ status }) => status === 200).map(({ body }) => body.access_token);
    expect(given.length).toBe(2);
    expect(new Set(given).size).toBe(1);
  });

  test("its answer lies in the database sealed, to be opened with the token that is not there", async () => {
    const { client, pair } = await connect(shared());
    const { body } = await refresh(shared(), client, pair.refresh_token);
    const { db } = shared().server.storage.directory.people.database;
    const row = await db
      .selectFrom("refresh_token")
      .selectAll()
      .where("hash", "=", hashToken(pair.refresh_token))
      .executeTakeFirstOrThrow();
    const sealed = row.sealed_answer as string;
    expect(JSON.stringify(row)).not.toContain(body.access_token);
    expect(openAnswer(sealed, pair.refresh_token)).toMatchObject({ access_token: body.access_token });
    expect(() => openAnswer(sealed, body.refresh_token)).toThrow();
    expect(() => openAnswer(sealed, row.hash as string)).toThrow();
    const changed = Buffer.from(sealed, "base64url");
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    expect(() => openAnswer(changed.toString("base64url"), pair.refresh_token)).toThrow();
    await refresh(shared(), client, pair.refresh_token);
    const after = await db
      .selectFrom("refresh_token")
      .select("sealed_answer")
      .where("hash", "=", hashToken(pair.refresh_token))
      .executeTakeFirstOrThrow();
    expect(after.sealed_answer).toBeNull();
  });
});

describe("a stolen refresh token is of no use", () => {
  test("to another app, with its own good secret; nothing ends by it", async () => {
    const { client, pair } = await connect(shared());
    const thief = await newClient(shared());
    expect(await refresh(shared(), thief, pair.refresh_token)).toMatchObject(REFUSED_GRANT);
    expect((await refresh(shared(), client, pair.refresh_token)).status).toBe(200);
  });

  test("without the app's secret", async () => {
    const { client, pair } = await connect(shared());
    for (const client_secret of [undefined, crypto.randomUUID()]) {
      const reply = await refresh(shared(), client, pair.refresh_token, { client_secret });
      expect(reply).toEqual(REFUSED_CLIENT as never);
    }
  });

  test("as an access token, and an access token is no refresh token", async () => {
    const { client, pair } = await connect(shared());
    expect(await holds(shared(), pair.refresh_token)).toBe(false);
    for (const token of [pair.access_token, crypto.randomUUID(), "x", "%00"]) {
      expect(await refresh(shared(), client, token)).toMatchObject(REFUSED_GRANT);
    }
  });

  test("when the person has disconnected the app", async () => {
    const { client, pair, person } = await connect(shared());
    const { directory } = shared().server.storage;
    await directory.grants.disconnect(person.profile.id, client.id, shared().server.context.clock());
    expect(await refresh(shared(), client, pair.refresh_token)).toMatchObject(REFUSED_GRANT);
  });
});

test("a write that is under way when its token is rotated is stored, and later ones are refused", async () => {
  const { client, pair } = await connect(shared());
  const writes = Array.from({ length: 20 }, (_, index) =>
    write(shared().origin, pair.access_token, 1_709_312_400_000 + index, 70),
  );
  await refresh(shared(), client, pair.refresh_token);
  for (const response of await Promise.all(writes)) expect([200, 401]).toContain(response.status);
  const late = await write(shared().origin, pair.access_token, 1_709_312_500_000, 70);
  expect(late.status).toBe(401);
  expect(late.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"');
});
