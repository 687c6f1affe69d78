import { describe, expect, test } from "bun:test";
import { PAGES_CLIENT_ID } from "../../../src/auth/sessionTokens.ts";
import { isUuid } from "../../../src/domain/uuid.ts";
import { MANUAL_CLIENT_ID } from "../../../src/storage/directory.ts";
import { askDevice, beginDevice, decideDevice, lookAtDevice, poll } from "../../support/oauth/devices.ts";
import {
  allow,
  answerIn,
  asPage,
  authorizationQuery,
  LOOPBACK_CALLBACK,
  newClient,
  newCode,
  newVerifier,
  openAuthorization,
  postForm,
  REFUSED_CLIENT,
  REFUSED_GRANT,
  redeem,
  refresh,
  validated,
} from "../../support/oauth/flows.ts";
import { meetAfter } from "../../support/oauth/meeting.ts";
import { MovableClock } from "../../support/oauth/movableClock.ts";
import { startTestServer, type TestServer, write } from "../../support/server.ts";
import { sharedServer } from "../../support/sharedServer.ts";
import { type SignedInPerson, signIn } from "../../support/signedIn.ts";

/** Apps made for Pulsoid bring a client id that Pulsoid gave them, and cannot be changed. */
const shared = sharedServer();

type Fields = Readonly<Record<string, string | undefined>>;

const isRegistered = async (server: TestServer, clientId: string) =>
  (await server.server.storage.directory.clients.find(clientId)) !== undefined;

/** Requests as shipped apps send them. */
const SHIPPED: readonly (readonly [what: string, query: (id: string) => string])[] = [
  [
    "a token on a page, with empty redirect_uri and state, and scopes by comma",
    (id) =>
      `response_type=token&client_id=${id}&redirect_uri=&scope=data:heart_rate:read,profile:read&state=&response_mode=web_page`,
  ],
  [
    "a token on a page, with quoted scopes and one that is gone",
    (id) =>
      `client_id=${id}&response_type=token&response_mode=web_page&scope=%22data:heart_rate:read%22%20%22news:read%22`,
  ],
  [
    "a token on a page, with the address that Pulsoid knows, to which nobody is sent",
    (id) =>
      `response_type=token&response_mode=web_page&client_id=${id}&redirect_uri=https://app.example/cb&scope=data:heart_rate:read`,
  ],
  [
    "a token to a loopback address",
    (id) =>
      `response_type=token&client_id=${id}&redirect_uri=http://localhost:7373/&scope=data:heart_rate:read&state=1`,
  ],
  [
    "a code to a loopback address, without PKCE, in capitals",
    (id) =>
      `response_type=code&client_id=${id.toUpperCase()}&redirect_uri=http%3A%2F%2F127.0.0.1%3A9999%2Fcallback&scope=data%3Aheart_rate%3Aread+data%3Aheart_rate%3Awrite&state=xyz`,
  ],
];

describe("an app with an id that Pulsoid gave it", () => {
  for (const [what, query] of SHIPPED) {
    test(`asks for ${what}: it is shown as unverified, and only consent registers it`, async () => {
      const [id, person] = [crypto.randomUUID(), await signIn(shared())];
      expect((await openAuthorization(shared(), query(id))).status).toBe(200);
      const look = async () =>
        (await asPage(shared(), person, "/authorizations/look", { query: query(id) })).json();
      expect(await look()).toMatchObject({
        client: {
          client_id: id,
          name: `Unverified app ${id.slice(0, 8)}`,
          verified: false,
          registered_at: null,
          connected: false,
        },
      });
      await asPage(shared(), person, "/authorizations", { query: query(id), allow: false });
      expect(await isRegistered(shared(), id)).toBe(false);
      const answer = await allow(shared(), person, query(id));
      expect(await isRegistered(shared(), id)).toBe(true);
      const again = (await look()) as { client: Record<string, unknown> };
      expect(again.client).toMatchObject({ verified: false, registered_at: expect.any(Number) });
      const given = answer.access_token ?? answerIn(answer.redirect_to).get("access_token");
      const token =
        given ??
        (
          await redeem(shared(), { publicId: id }, answerIn(answer.redirect_to).get("code") as string, {
            redirect_uri: "http://127.0.0.1:9999/callback",
          })
        ).body.access_token;
      expect(isUuid(token)).toBe(true);
      expect(await validated(shared(), token)).toMatchObject({ status: 200, client_id: id });
    });
  }

  const refused: readonly (readonly [what: string, fields: Fields])[] = [
    ["another site", { redirect_uri: "https://app.example/callback" }],
    ["another machine", { redirect_uri: "http://192.168.1.7/callback" }],
    ["a name that begins like this machine's", { redirect_uri: "http://localhost.evil.example/" }],
    ["an app's own scheme", { redirect_uri: "com.example.app:/callback" }],
    ["nowhere", { redirect_uri: undefined }],
    ["an id that is no UUID", { client_id: "pulsoid-app" }],
    ["the id of tokens made by hand", { client_id: MANUAL_CLIENT_ID.toUpperCase() }],
    ["the id of our own pages", { client_id: PAGES_CLIENT_ID }],
  ];
  for (const [what, fields] of refused) {
    test(`is not sent to ${what}: a page says so`, async () => {
      const query = authorizationQuery({
        response_type: "code",
        client_id: crypto.randomUUID(),
        redirect_uri: LOOPBACK_CALLBACK,
        scope: "data:heart_rate:read",
        ...fields,
      });
      const response = await openAuthorization(shared(), query);
      expect({ status: response.status, location: response.headers.get("location") }).toEqual({
        status: 400,
        location: null,
      });
      const person = await signIn(shared());
      expect((await asPage(shared(), person, "/authorizations", { query, allow: true })).status).toBe(400);
    });
  }

  test("many who let it in at the same time register it once", async () => {
    const id = crypto.randomUUID();
    const people = await Promise.all(Array.from({ length: 8 }, () => signIn(shared())));
    const query = SHIPPED[0]?.[1](id) as string;
    await Promise.all(people.map((person) => allow(shared(), person, query)));
    const { db } = shared().server.storage.directory.people.database;
    const rows = await db.selectFrom("client").selectAll().where("public_id", "=", id).execute();
    expect(rows.length).toBe(1);
  });
});

describe("where apps may be adopted (HEARTWIRE_ADOPT_CLIENTS)", () => {
  const statusOf = async (
    server: TestServer,
    headers: Readonly<Record<string, string>> = {},
    id: string = crypto.randomUUID(),
  ) => {
    const opened = await openAuthorization(server, SHIPPED[0]?.[1](id) as string, headers);
    const device = await fetch(`${server.origin}/oauth2/device_authorization`, {
      method: "POST",
      headers,
      body: new URLSearchParams({ client_id: id, scope: "data:heart_rate:read" }),
    });
    return [opened.status, device.status];
  };

  test("by default only locally: not for a request that a proxy forwarded", async () => {
    expect(await statusOf(shared())).toEqual([200, 200]);
    expect(await statusOf(shared(), { "x-forwarded-for": "203.0.113.9" })).toEqual([400, 401]);
  });

  test("nor where the server has a public address", async () => {
    const environment = { HEARTWIRE_PUBLIC_URL: "https://heart.example.org" };
    await using server = await startTestServer({ environment });
    expect(await statusOf(server)).toEqual([400, 401]);
  });

  test("on: everywhere", async () => {
    const environment = {
      HEARTWIRE_PUBLIC_URL: "https://heart.example.org",
      HEARTWIRE_ADOPT_CLIENTS: "on",
    };
    await using server = await startTestServer({ environment });
    expect(await statusOf(server, { "x-forwarded-for": "203.0.113.9" })).toEqual([200, 200]);
  });

  test("off: nowhere, and one that was adopted before asks nobody any more; what it was given holds", async () => {
    const first = await startTestServer();
    const [id, person] = [crypto.randomUUID(), await signIn(first)];
    const { access_token } = await allow(first, person, SHIPPED[0]?.[1](id) as string);
    await first.server.stop();
    await using second = await startTestServer({
      folder: first.folder,
      environment: { HEARTWIRE_ADOPT_CLIENTS: "off" },
    });
    expect(await statusOf(second, {}, id)).toEqual([400, 401]);
    expect((await validated(second, access_token)).status).toBe(200);
    await first[Symbol.asyncDispose]();
  });
});

describe("the secret of an adopted app", () => {
  const redirect = { redirect_uri: LOOPBACK_CALLBACK };

  async function newAdopted(server: TestServer, person: SignedInPerson) {
    const publicId = crypto.randomUUID();
    const code = await newCode(server, person, { publicId }, redirect);
    return { publicId, code };
  }

  test("is pinned by the first that redeems a code, and needed from then on, for code and refresh", async () => {
    const person = await signIn(shared());
    const { publicId, code } = await newAdopted(shared(), person);
    const app = { publicId, secret: "Pulsoid's own secret" };
    const { status, body } = await redeem(shared(), app, code, redirect);
    expect(status).toBe(200);
    const [, entry] = await shared().server.storage.directory.trail.read(person.profile.id, 5);
    expect(entry).toMatchObject({ kind: "client_secret_pinned", details: { client_id: publicId } });

    const next = await newCode(shared(), person, app, redirect);
    for (const secret of [undefined, "another", crypto.randomUUID()]) {
      const thief = { publicId, secret };
      expect(await redeem(shared(), thief, next, redirect)).toEqual(REFUSED_CLIENT as never);
      expect(await refresh(shared(), thief, body.refresh_token)).toEqual(REFUSED_CLIENT as never);
    }
    expect((await redeem(shared(), app, next, redirect)).status).toBe(200);
    expect((await refresh(shared(), app, body.refresh_token)).status).toBe(200);
  });

  test("is pinned for each person alone: nobody shuts an app out for others", async () => {
    const [eve, anna] = [await signIn(shared()), await signIn(shared())];
    const { publicId, code } = await newAdopted(shared(), eve);
    await redeem(shared(), { publicId, secret: "eve's" }, code, redirect);
    const app = { publicId, secret: "the app's" };
    const hers = await newCode(shared(), anna, app, redirect);
    expect((await redeem(shared(), app, hers, redirect)).status).toBe(200);
  });

  test("is pinned by nothing else: not by a refused code, a refresh, a device or an introspection", async () => {
    const person = await signIn(shared());
    const { publicId, code } = await newAdopted(shared(), person);
    const guess = { publicId, secret: "a guess" };
    expect(await redeem(shared(), guess, crypto.randomUUID(), redirect)).toMatchObject(REFUSED_GRANT);
    const elsewhere = { redirect_uri: "http://127.0.0.1:1/callback" };
    expect(await redeem(shared(), guess, code, elsewhere)).toMatchObject(REFUSED_GRANT);
    const { body } = await redeem(shared(), { publicId }, code, redirect);
    const rotated = await refresh(shared(), guess, body.refresh_token);
    expect(rotated.status).toBe(200);
    const device = await beginDevice(shared(), publicId, { client_secret: "a guess" });
    await decideDevice(shared(), person, device.user_code);
    const granted = await poll(shared(), publicId, device.device_code, { client_secret: "a guess" });
    expect(granted.status).toBe(200);
    const introspected = await fetch(`${shared().origin}/oauth2/introspect`, {
      method: "POST",
      body: new URLSearchParams({
        client_id: publicId,
        client_secret: "a guess",
        token: granted.body.access_token,
      }),
    });
    expect(introspected.status).toBe(401);
    const client = await shared().server.storage.directory.clients.find(publicId);
    const pin = await shared().server.storage.directory.clients.findPin(
      client?.id as never,
      person.profile.id,
    );
    expect(pin).toBeUndefined();
  });

  test("of two codes that are redeemed at once with different secrets, one app is let in", async () => {
    await using server = await startTestServer();
    const person = await signIn(server);
    const { publicId, code } = await newAdopted(server, person);
    const other = await newCode(server, person, { publicId }, redirect);
    meetAfter(server.server.storage.directory.clients, "findPin", 2);
    const replies = await Promise.all([
      redeem(server, { publicId, secret: "one" }, code, redirect),
      redeem(server, { publicId, secret: "two" }, other, redirect),
    ]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  test("PKCE is kept where an adopted app sends it", async () => {
    const [publicId, person] = [crypto.randomUUID(), await signIn(shared())];
    const { verifier, challenge } = newVerifier();
    const pkce = { code_challenge: challenge, code_challenge_method: "S256", ...redirect };
    const code = await newCode(shared(), person, { publicId }, pkce);
    expect(await redeem(shared(), { publicId }, code, redirect)).toMatchObject(REFUSED_GRANT);
    const proof = { ...redirect, code_verifier: verifier };
    expect((await redeem(shared(), { publicId }, code, proof)).status).toBe(200);
  });

  test("an adopted app has no token of its own: it is nobody's", async () => {
    const { publicId } = await newAdopted(shared(), await signIn(shared()));
    const fields = { grant_type: "client_credentials", code: undefined, redirect_uri: undefined };
    const reply = await redeem(shared(), { publicId, secret: "any" }, "", fields);
    expect(reply).toEqual(REFUSED_CLIENT as never);
  });
});

describe("a device of an app that nobody let in yet", () => {
  test("waits in memory alone; consent registers its app, and it has its token", async () => {
    const [id, person] = [crypto.randomUUID(), await signIn(shared())];
    const device = await beginDevice(shared(), id.toUpperCase());
    const { db } = shared().server.storage.directory.people.database;
    const stored = async () => (await db.selectFrom("device_request").selectAll().execute()).length;
    const before = await stored();
    expect((await poll(shared(), id, device.device_code)).body).toEqual({
      error: "authorization_pending",
    } as never);
    const looked = await lookAtDevice(shared(), person, device.user_code);
    expect(await looked.json()).toMatchObject({
      client: { client_id: id, verified: false, registered_at: null },
      same_network: true,
    });
    expect(await isRegistered(shared(), id)).toBe(false);
    expect((await decideDevice(shared(), person, device.user_code)).status).toBe(200);
    expect(await isRegistered(shared(), id)).toBe(true);
    expect(await stored()).toBe(before + 1);
    expect((await decideDevice(shared(), person, device.user_code)).status).toBe(409);
    const { body } = await poll(shared(), id, device.device_code);
    const written = await write(shared().origin, body.access_token, Date.now(), 72);
    expect(written.status).toBe(200);
    expect((await poll(shared(), id, device.device_code)).body.error_description).toBe(
      "access token already issued",
    );
  });

  test("that is denied, or over, leaves nothing behind", async () => {
    const clock = new MovableClock();
    await using server = await startTestServer({ clock: clock.now });
    const [id, person] = [crypto.randomUUID(), await signIn(server)];
    const [denied, late] = [await beginDevice(server, id), await beginDevice(server, id)];
    await decideDevice(server, person, denied.user_code, false);
    expect((await poll(server, id, denied.device_code)).body.error_description).toBe(
      "user didn't grant access",
    );
    expect((await decideDevice(server, person, denied.user_code)).status).toBe(409);
    clock.move(600_000);
    expect((await poll(server, id, late.device_code)).body).toEqual({ error: "expired_token" } as never);
    expect((await decideDevice(server, person, late.user_code)).status).toBe(404);
    expect(await isRegistered(server, id)).toBe(false);
    const { db } = server.server.storage.directory.people.database;
    expect(await db.selectFrom("device_request").selectAll().execute()).toEqual([]);
  });

  test("is no other app's: a device code goes with its client id", async () => {
    const [id, other] = [crypto.randomUUID(), await newClient(shared())];
    const device = await beginDevice(shared(), id);
    for (const clientId of [other.publicId, crypto.randomUUID()]) {
      expect(await poll(shared(), clientId, device.device_code)).toMatchObject(REFUSED_GRANT);
    }
  });

  test("at most so many of one address (unknownDevicesPerSenderMax), and of all (unknownDevicesMax)", async () => {
    const clock = new MovableClock();
    const limits = { unknownDevicesMax: 4, unknownDevicesPerSenderMax: 3, deviceRequestsPerMinuteMax: 100 };
    const environment = { HEARTWIRE_TRUSTED_PROXIES: "127.0.0.1", HEARTWIRE_ADOPT_CLIENTS: "on" };
    await using server = await startTestServer({ limits, environment, clock: clock.now });
    const from = async (address: string) => {
      const response = await fetch(`${server.origin}/oauth2/device_authorization`, {
        method: "POST",
        headers: { "x-forwarded-for": address },
        body: new URLSearchParams({ client_id: crypto.randomUUID(), scope: "data:heart_rate:read" }),
      });
      return response.status;
    };
    for (let device = 0; device < 3; device++) expect(await from("203.0.113.9")).toBe(200);
    expect(await from("203.0.113.9")).toBe(429);
    expect(await from("198.51.100.4")).toBe(200);
    expect(await from("198.51.100.5")).toBe(429);
    clock.move(660_000);
    expect(await from("203.0.113.9")).toBe(200);
    expect(server.server.context.appRequests.unknownDevices.size).toBe(1);
  });

  test("is not shut out by a page that somebody opened on the web: pages count apart from programs", async () => {
    const limits = { unknownDevicesPerSenderMax: 2 };
    await using server = await startTestServer({ limits });
    const ask = async (headers: Record<string, string> = {}) => {
      const fields = { client_id: crypto.randomUUID(), scope: "data:heart_rate:read" };
      return (await postForm(server, "/oauth2/device_authorization", fields, headers)).status;
    };
    const page = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    expect([await ask(page), await ask(page), await ask({ origin: "null" })]).toEqual([200, 200, 429]);
    expect([await ask(), await ask(), await ask()]).toEqual([200, 200, 429]);
  });

  test("cannot be flooded by a guess of who is known: a known app has limits of its own", async () => {
    await using server = await startTestServer({ limits: { unknownDevicesMax: 1 } });
    const { publicId } = await newClient(server);
    await beginDevice(server, crypto.randomUUID());
    expect((await askDevice(server, crypto.randomUUID())).status).toBe(429);
    expect((await askDevice(server, publicId)).status).toBe(200);
  });
});
