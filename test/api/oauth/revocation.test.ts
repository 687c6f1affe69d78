import { describe, expect, test } from "bun:test";
import { REFRESH_TOKEN_SECONDS } from "../../../src/domain/oauthLifetimes.ts";
import { Listener } from "../../support/listener.ts";
import {
  askToken,
  credentialsOf,
  newClient,
  newCode,
  postForm,
  REFUSED_CLIENT,
  REFUSED_GRANT,
  redeem,
  refresh,
  type TestClient,
  validated,
} from "../../support/oauth/flows.ts";
import { MovableClock } from "../../support/oauth/movableClock.ts";
import { startTestServer, type TestServer } from "../../support/server.ts";
import { sharedServer } from "../../support/sharedServer.ts";
import { signIn } from "../../support/signedIn.ts";

/** Revocation (RFC 7009) and introspection (RFC 7662): what they end, what they tell, and to whom. */
const shared = sharedServer();

async function connect(server: TestServer) {
  const [client, person] = [await newClient(server), await signIn(server)];
  const { body: pair } = await redeem(server, client, await newCode(server, person, client));
  return { client, person, pair };
}

function revoke(server: Pick<TestServer, "origin">, token: string, fields: object = {}): Promise<Response> {
  return postForm(server, "/oauth2/revoke", { token, ...fields });
}

async function introspect(
  server: Pick<TestServer, "origin">,
  client: TestClient,
  token: string,
): Promise<unknown> {
  const fields = { token, ...credentialsOf(client) };
  return (await postForm(server, "/oauth2/introspect", fields)).json();
}

const holds = async (token: string) => (await validated(shared(), token)).status === 200;

describe("revocation", () => {
  test("ends the whole family with either token, and closes its sockets within a second", async () => {
    for (const kind of ["access_token", "refresh_token"] as const) {
      const { client, pair, person } = await connect(shared());
      using listener = await Listener.open(shared().origin, pair.access_token);
      const before = Date.now();
      const response = await revoke(shared(), pair[kind], { token_type_hint: "nonsense" });
      expect({ status: response.status, text: await response.text() }).toEqual({ status: 200, text: "{}" });
      const { code, at } = await listener.closed;
      expect(code).toBe(1008);
      expect(at - before).toBeLessThan(1_000);
      expect(await holds(pair.access_token)).toBe(false);
      expect(await refresh(shared(), client, pair.refresh_token)).toMatchObject(REFUSED_GRANT);
      const [entry] = await shared().server.storage.directory.trail.read(person.profile.id, 1);
      expect(entry).toMatchObject({
        kind: "app_disconnected",
        details: { by: "the app", client_id: client.publicId, client_name: "Pulse Wall" },
      });
    }
  });

  test("with a refresh token that was rotated: an app that signs out means them all", async () => {
    const { client, pair } = await connect(shared());
    const { body } = await refresh(shared(), client, pair.refresh_token);
    await revoke(shared(), pair.refresh_token);
    expect(await holds(body.access_token)).toBe(false);
    // The answer that lies ready for a repetition is not given any more.
    expect(await refresh(shared(), client, pair.refresh_token)).toMatchObject(REFUSED_GRANT);
  });

  test("ends no other grant of the same app and person", async () => {
    const [client, person] = [await newClient(shared()), await signIn(shared())];
    const [one, two] = [
      await redeem(shared(), client, await newCode(shared(), person, client)),
      await redeem(shared(), client, await newCode(shared(), person, client)),
    ];
    await revoke(shared(), one.body.access_token);
    expect(await holds(two.body.access_token)).toBe(true);
  });

  test("ends a token that somebody made by hand, and that of a server", async () => {
    const manual = await shared().token(["data:heart_rate:read"]);
    using listener = await Listener.open(shared().origin, manual);
    const before = Date.now();
    await revoke(shared(), manual);
    expect(await holds(manual)).toBe(false);
    const { code, at } = await listener.closed;
    expect(code).toBe(1008);
    expect(at - before).toBeLessThan(1_000);
    const client = await newClient(shared());
    const grant = { grant_type: "client_credentials", ...credentialsOf(client) };
    const { body } = await askToken(shared(), grant);
    await revoke(shared(), body.access_token);
    expect(await holds(body.access_token)).toBe(false);
  });

  test("is no oracle: what is unknown, over, revoked or no token is answered as a good one is", async () => {
    const { pair } = await connect(shared());
    const answerOf = async (token: string) => {
      const response = await revoke(shared(), token);
      const head = [...response.headers].filter(([name]) => name !== "date").sort();
      return { status: response.status, head, text: await response.text() };
    };
    const good = await answerOf(pair.access_token);
    for (const token of [pair.access_token, pair.refresh_token, crypto.randomUUID(), "x", "\0", "é", "%"]) {
      expect(await answerOf(token)).toEqual(good);
    }
  });

  test("asks nobody who they are, and a wrong secret changes nothing", async () => {
    const { pair } = await connect(shared());
    const response = await revoke(shared(), pair.access_token, { client_id: "x", client_secret: "x" });
    expect(response.status).toBe(200);
    expect(await holds(pair.access_token)).toBe(false);
  });

  test("takes a form with a token in it, once", async () => {
    const { pair } = await connect(shared());
    const attempts = [
      await postForm(shared(), "/oauth2/revoke", ""),
      await postForm(shared(), "/oauth2/revoke", "token="),
      await postForm(shared(), "/oauth2/revoke", `token=${pair.access_token}&token=${pair.access_token}`),
      await postForm(shared(), "/oauth2/revoke", JSON.stringify({ token: pair.access_token }), {
        "content-type": "application/json",
      }),
      await postForm(shared(), `/oauth2/revoke?token=${pair.access_token}`, ""),
    ];
    for (const response of attempts) {
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: "invalid_request" });
    }
    expect(await holds(pair.access_token)).toBe(true);
  });

  test("at most so often from one address (revocationsPerMinuteMax): one more waits a minute", async () => {
    const clock = new MovableClock();
    await using server = await startTestServer({
      limits: { revocationsPerMinuteMax: 2 },
      clock: clock.now,
    });
    const { pair } = await connect(server);
    expect((await revoke(server, "x")).status).toBe(200);
    expect((await revoke(server, "x")).status).toBe(200);
    expect((await revoke(server, pair.access_token)).status).toBe(429);
    expect((await validated(server, pair.access_token)).status).toBe(200);
    clock.move(60_000);
    expect((await revoke(server, pair.access_token)).status).toBe(200);
    expect((await validated(server, pair.access_token)).status).toBe(401);
  });
});

describe("introspection", () => {
  test("tells an app what its own tokens are", async () => {
    const { client, pair, person } = await connect(shared());
    const scope = "data:heart_rate:read data:heart_rate:write";
    expect(await introspect(shared(), client, pair.access_token)).toEqual({
      active: true,
      scope,
      client_id: client.publicId,
      token_type: "bearer",
      exp: expect.any(Number),
      sub: person.profile.publicId,
    });
    expect(await introspect(shared(), client, pair.refresh_token)).toEqual({
      active: true,
      scope,
      client_id: client.publicId,
      exp: expect.any(Number),
    });
    const { exp } = (await introspect(shared(), client, pair.access_token)) as { exp: number };
    expect(Math.abs(exp - (Date.now() / 1000 + 3600))).toBeLessThan(30);
  });

  test("is no oracle: another app's token is as inactive as one that never was", async () => {
    const [{ pair, client }, eve] = [await connect(shared()), await newClient(shared())];
    const manual = await shared().token(["data:heart_rate:read"]);
    const code = await newCode(shared(), await signIn(shared()), client);
    const page = await signIn(shared());
    for (const token of [
      ...[pair.access_token, pair.refresh_token],
      manual,
      page.token,
      crypto.randomUUID(),
      "x",
    ]) {
      expect(await introspect(shared(), eve, token)).toEqual({ active: false });
    }
    for (const token of [manual, page.token, code, client.secret as string]) {
      expect(await introspect(shared(), client, token)).toEqual({ active: false });
    }
  });

  test("what was rotated, revoked or is over is not active", async () => {
    const clock = new MovableClock();
    await using server = await startTestServer({ clock: clock.now });
    const { client, pair } = await connect(server);
    const other = await connect(server);
    const { body } = await refresh(server, client, pair.refresh_token);
    expect(await introspect(server, client, pair.access_token)).toEqual({ active: false });
    expect(await introspect(server, client, pair.refresh_token)).toEqual({ active: false });
    clock.move(3_600_000 - 1);
    expect(await introspect(server, client, body.access_token)).toMatchObject({ active: true });
    clock.move(1);
    expect(await introspect(server, client, body.access_token)).toEqual({ active: false });
    expect(await introspect(server, client, body.refresh_token)).toMatchObject({ active: true });
    await revoke(server, body.refresh_token);
    expect(await introspect(server, client, body.refresh_token)).toEqual({ active: false });
    const itsRefresh = () => introspect(server, other.client, other.pair.refresh_token);
    clock.move(REFRESH_TOKEN_SECONDS * 1000 - 3_600_000 - 1);
    expect(await itsRefresh()).toMatchObject({ active: true });
    clock.move(1);
    expect(await itsRefresh()).toEqual({ active: false });
  });

  test("is for apps that show their secret, and no page of another origin reads it", async () => {
    const { client, pair } = await connect(shared());
    const open = await newClient(shared(), { isPublic: true });
    for (const shown of [
      { client_id: client.publicId },
      { client_id: client.publicId, client_secret: "x" },
      { client_id: open.publicId },
      { client_id: crypto.randomUUID(), client_secret: "x" },
    ]) {
      const response = await postForm(shared(), "/oauth2/introspect", { token: pair.access_token, ...shown });
      expect({ status: response.status, body: await response.json() }).toEqual(REFUSED_CLIENT);
    }
    const fields = { token: pair.access_token, ...credentialsOf(client) };
    const response = await postForm(shared(), "/oauth2/introspect", fields, { origin: "https://x.example" });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    expect(response.headers.get("cache-control")).toBe("no-store");
  });
});
