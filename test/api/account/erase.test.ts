import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { hashToken } from "../../../src/auth/tokens.ts";
import type { EpochMs, SourceId } from "../../../src/domain/reading.ts";
import { SCOPES } from "../../../src/domain/scopes.ts";
import { SqliteDirectory } from "../../../src/storage/sqlite/sqliteDirectory.ts";
import { askAccount, connect, newClient } from "../../support/account.ts";
import { expectError, TOKEN_ERRORS } from "../../support/answers.ts";
import { bytesOf, profilesWithReadings, rowsOf } from "../../support/folderRows.ts";
import { Listener } from "../../support/listener.ts";
import { bearer } from "../../support/requests.ts";
import { ROOMS } from "../../support/rooms.ts";
import { startTestServer, type TestServer, write } from "../../support/server.ts";
import { storedReadings } from "../../support/sharedServer.ts";
import { type SignedInPerson, signIn } from "../../support/signedIn.ts";
import { callWidgets, newWidget, OWN_WIDGETS } from "../../support/widgets.ts";

const NAME = "Anastasia Erasmus";
const EMAIL = "anastasia.erasmus@private.example";

async function post<Answer>(server: TestServer, token: string, path: string, body: object): Promise<Answer> {
  const response = await fetch(`${server.origin}${path}`, {
    method: "POST",
    headers: bearer(token),
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as Answer;
}

const erase = (server: TestServer, { token }: Pick<SignedInPerson, "token">, email = EMAIL) =>
  askAccount(server, token, "POST", "/erase", { email });

interface Anna extends SignedInPerson {
  readonly byHand: string;
  readonly roomId: string;
  readonly widgetId: string;
  /** Words that lead to her. */
  readonly traces: readonly string[];
}

const nextHash = () => hashToken(crypto.randomUUID());

/** Rows of every table that can be somebody's, and readings among those of others. */
async function settle(server: TestServer, ben: { readonly token: string }): Promise<Anna> {
  const page = await signIn(server, { user: NAME, email: EMAIL });
  const byHand = await server.token(SCOPES, { user: NAME });
  const { directory, readings } = server.server.storage;
  const { db } = directory.people.database;
  const [now, soon] = [Date.now() as EpochMs, (Date.now() + 3_600_000) as EpochMs];
  const iso = new Date().toISOString();
  const times = { created_at: iso, updated_at: iso };
  const own = await newClient(server, { owner: page, name: "Erasmus' app" });
  const app = await newClient(server, { adopted: true, name: "Somebody's plugin" });
  const appToken = await connect(server, page, app);
  await directory.clients.pin(app.id, page.profile.id, nextHash(), now);
  const codeHash = nextHash();
  await directory.grants.createCode({
    codeHash,
    client: app.id,
    profile: page.profile.id,
    redirectUri: "https://erasmus.example/callback",
    redirectUriGiven: true,
    scopes: ["data:heart_rate:read"],
    scopesDiffer: false,
    createdAt: now,
    expiresAt: soon,
  });
  const device = { deviceCodeHash: nextHash(), userCodeHash: nextHash() };
  await directory.deviceRequests.create({
    ...device,
    client: app.id,
    scopes: ["data:heart_rate:read"],
    scopesDiffer: false,
    createdAt: now,
    expiresAt: soon,
  });
  const { id: request } = (await directory.deviceRequests.findByUserCode(device.userCodeHash)) ?? { id: 0 };
  await directory.deviceRequests.decide(request, "granted", page.profile.id);
  await directory.links.create({
    kind: "reset",
    person: page.person,
    codeHash: nextHash(),
    createdAt: now,
    expiresAt: soon,
  });
  const passkey = { public_key: "erasmus-public-key", credential_id: "erasmus-credential", counter: 0 };
  await db
    .insertInto("passkey")
    .values({ id: "erasmus-passkey", ...passkey, person_id: page.person, device_type: "x", backed_up: 0 })
    .execute();
  await db
    .insertInto("sign_in_method")
    .values({
      id: "erasmus-method",
      account_id: "erasmus-subject",
      provider_id: "outside",
      person_id: page.person,
      ...times,
    })
    .execute();
  await db
    .insertInto("verification")
    .values([
      { id: "erasmus-1", identifier: `verify ${EMAIL}`, value: "x", expires_at: iso, ...times },
      { id: "erasmus-2", identifier: "x", value: `{"userId":"${page.person}"}`, expires_at: iso, ...times },
    ])
    .execute();
  await directory.changeDetails(page.profile.id, { channel: "twitch.tv/erasmus", birthDate: "1990-05-31" });
  const { room } = await post<{ room: { room_id: string } }>(server, byHand, ROOMS, {
    config: { name: "Erasmus' room" },
  });
  const { invitation } = await post<{ invitation: { code: string } }>(
    server,
    byHand,
    `${ROOMS}/${room.room_id}/invitations`,
    {},
  );
  await post(server, ben.token, `${ROOMS}/join`, { code: invitation.code });
  const widget = await newWidget(server, byHand, { name: "Erasmus' widget" });
  await callWidgets(server, byHand, "PUT", `${OWN_WIDGETS}/${widget.id}/link`);
  // So many that whole pages become free with them.
  const entry = {
    at: now,
    profile_id: page.profile.id,
    kind: "signed_in",
    details: '{"address":"203.0.113.77"}',
  };
  await db.insertInto("trail").values(Array(1_000).fill(entry)).execute();
  for (let step = 0; step < 300; step++) {
    const measuredAt = (now - 90_000_000 + step * 61_000) as EpochMs;
    const reading = { profile: page.profile.id, source: 0 as SourceId, measuredAt, arrivedAt: measuredAt };
    await readings.append([{ ...reading, bpm: (150 + (step % 9)) as never, rrIntervalsMs: [371.5, 372.25] }]);
  }
  await server.server.context.uses.flush();
  const traces = [NAME, EMAIL, "rasmus", page.person, page.sessionId, page.profile.publicId, page.token];
  const hashes = [byHand, appToken].map(hashToken);
  const ids = [own.publicId, room.room_id, widget.id, codeHash, ...Object.values(device), "203.0.113.77"];
  return {
    ...page,
    byHand,
    roomId: room.room_id,
    widgetId: widget.id,
    traces: [...traces, ...hashes, ...ids],
  };
}

/** Somebody else, with rows of most tables. */
async function settleBen(server: TestServer) {
  const page = await signIn(server, { user: "ben", email: "ben@example.org" });
  const token = await server.token(SCOPES, { user: "ben" });
  await connect(server, page, await newClient(server, { owner: page, name: "Ben's app" }));
  await newWidget(server, token, { name: "Ben's widget" });
  await post(server, token, ROOMS, { config: { name: "Ben's room" } });
  for (let step = 0; step < 50; step++) await write(server.origin, token, Date.now() - step * 61_000, 70);
  await server.server.context.uses.flush();
  return { ...page, byHand: token, token };
}

/** Rows of control.db without what is left of somebody who was erased. */
function comparable(folder: string): Readonly<Record<string, readonly string[]>> {
  const { trail = [], ...tables } = rowsOf(join(folder, "control.db"));
  return { ...tables, trail: trail.filter((row) => !row.includes('"kind":"erased"')) };
}

describe("erasing an account", () => {
  test("leaves no row, no reading and no byte of it, and everything of others as it was", async () => {
    await using server = await startTestServer();
    const ben = await settleBen(server);
    const before = comparable(server.folder);
    const readingsOfBen = await storedReadings(server, "ben");
    // What others have with her is hers too: the app that nobody registered stays.
    const anna = await settle(server, { token: ben.byHand });
    const filled = Object.entries(rowsOf(join(server.folder, "control.db"))).filter(
      ([, rows]) => rows.length > 0,
    );
    expect(Object.keys(before).sort()).toEqual([...filled.map(([table]) => table), "erasure"].sort());
    const joined = await storedReadings(server, NAME);
    expect(joined).toHaveLength(300);
    expect(profilesWithReadings(server.folder)).toEqual(new Set([ben.profile.id, anna.profile.id]));
    const held = bytesOf(server.folder);
    const findable = anna.traces.filter((trace) => held.includes(trace));
    expect(findable.length).toBeGreaterThan(10);

    expect((await erase(server, anna, ` ${EMAIL.toUpperCase()} `)).status).toBe(204);

    const after = comparable(server.folder);
    const isAdopted = (row: string) => row.includes("Somebody's plugin");
    const { client: clients = [], room_member: members = [], ...others } = after;
    const { client: clientsBefore = [], room_member: membersBefore = [], ...othersBefore } = before;
    expect(others).toEqual(othersBefore);
    expect(members).toEqual([...membersBefore]);
    expect(clients.filter((row) => !isAdopted(row))).toEqual([...clientsBefore]);
    expect(await storedReadings(server, "ben")).toEqual(readingsOfBen);
    expect(profilesWithReadings(server.folder)).toEqual(new Set([ben.profile.id]));
    const bytes = bytesOf(server.folder);
    expect(anna.traces.filter((trace) => bytes.includes(trace))).toEqual([]);
    expect(bytes.includes(ben.email)).toBe(true);
    const { trail = [] } = rowsOf(join(server.folder, "control.db"));
    const left = trail.filter((row) => row.includes('"kind":"erased"')).map((row) => JSON.parse(row));
    expect(left).toMatchObject([{ profile_id: null, details: "{}" }]);
    expect(server.log.lines.join("\n")).not.toContain(EMAIL);
  });

  test("ends the page and every token at once, and every socket within a second", async () => {
    await using server = await startTestServer();
    const ben = await settleBen(server);
    const anna = await settle(server, { token: ben.byHand });
    const rooms = `${server.origin}/api/v2/data/rooms/${anna.roomId}/real_time?kinds=heart_rate`;
    using ofPage = await Listener.open(server.origin, anna.token);
    using ofToken = await Listener.open(server.origin, anna.byHand);
    using ofRoom = await Listener.openAt(rooms, ben.byHand);
    using ofBen = await Listener.open(server.origin, ben.byHand);
    const { widgets } = server.server.storage.directory;
    const [widget] = await widgets.list(anna.profile.id);
    using overlay = await Listener.openAt(`${server.origin}/listen/${widget?.publicId}`);
    const askedAt = Date.now();
    const erased = erase(server, anna);
    for (const { closed } of [ofPage, ofToken, ofRoom, overlay]) {
      const { code, at } = await closed;
      expect({ code, soon: at - askedAt < 1_000 }).toEqual({ code: 1008, soon: true });
    }
    expect((await erased).status).toBe(204);
    for (const token of [anna.token, anna.byHand]) {
      await expectError(await write(server.origin, token, 1, 60), TOKEN_ERRORS.unknown);
    }
    expect(ofBen.isOpen).toBe(true);
    expect((await write(server.origin, ben.byHand, Date.now(), 61)).status).toBe(200);
  });

  test("takes the e-mail address typed again and a sign-in of the last ten minutes", async () => {
    await using server = await startTestServer();
    const page = await signIn(server, { user: NAME, email: EMAIL });
    for (const body of [{}, { email: "" }, { email: "ben@example.org" }, { email: 1 }]) {
      const response = await askAccount(server, page.token, "POST", "/erase", body);
      const { error_message: message } = (await response.json()) as { error_message: string };
      expect({ status: response.status, message }).toEqual({
        status: 400,
        message: "email: expected the e-mail address of this account, as you sign in with it",
      });
    }
    const stale = await signIn(server, { signedInAt: Date.now() - 600_001, email: "stale@example.org" });
    await expectError(await erase(server, stale, "stale@example.org"), { status: 403, code: 8017 });
    expect(await server.server.storage.directory.people.list()).toHaveLength(2);
  });

  test("that a command began is finished by the running server within a second", async () => {
    await using server = await startTestServer();
    const ben = await settleBen(server);
    const anna = await settle(server, { token: ben.byHand });
    using socket = await Listener.open(server.origin, anna.byHand);
    const beside = await SqliteDirectory.open(join(server.folder, "control.db"));
    const begunAt = Date.now();
    await beside.erasures.begin(anna.profile.id, begunAt as EpochMs);
    await socket.closed;
    while ((await beside.erasures.list()).length > 0) await Bun.sleep(10);
    expect(Date.now() - begunAt).toBeLessThan(1_000);
    await beside.close();
    expect(profilesWithReadings(server.folder)).toEqual(new Set([ben.profile.id]));
  });

  test("of very much is answered before the connection would be cut, and goes on", async () => {
    await using server = await startTestServer({ limits: { requestIdleSeconds: 2 } });
    const page = await signIn(server, { user: NAME, email: EMAIL });
    const token = await server.token(["data:heart_rate:write"], { user: NAME });
    await write(server.origin, token, Date.now(), 150);
    const { readings, directory } = server.server.storage;
    const { erase: original } = readings;
    const goOn = Promise.withResolvers<void>();
    readings.erase = async (profile) => {
      await goOn.promise;
      await original.call(readings, profile);
    };
    expect((await erase(server, page)).status).toBe(204);
    expect(await directory.erasures.list()).toHaveLength(1);
    goOn.resolve();
    while ((await directory.erasures.list()).length > 0) await Bun.sleep(10);
    expect(profilesWithReadings(server.folder)).toEqual(new Set());
  });

  test("that could not be finished is tried again until it is", async () => {
    await using server = await startTestServer();
    const page = await signIn(server, { user: NAME, email: EMAIL });
    const token = await server.token(["data:heart_rate:write"], { user: NAME });
    await write(server.origin, token, Date.now(), 150);
    const { readings, directory } = server.server.storage;
    const { erase: original } = readings;
    readings.erase = async () => {
      readings.erase = original;
      throw new Error("the disk is full");
    };
    await expectError(await erase(server, page), { status: 500, code: 6001 });
    await expectError(await erase(server, page), TOKEN_ERRORS.unknown);
    while ((await directory.erasures.list()).length > 0) await Bun.sleep(10);
    expect(profilesWithReadings(server.folder)).toEqual(new Set());
  });
});
