import { describe, expect, test } from "bun:test";
import { DEVICE_CODE_SECONDS } from "../../../src/domain/oauthLifetimes.ts";
import { askDevice, beginDevice, decideDevice, lookAtDevice, poll } from "../../support/oauth/devices.ts";
import {
  newClient,
  newCode,
  REFUSED_CLIENT,
  REFUSED_GRANT,
  redeem,
  refresh,
  validated,
} from "../../support/oauth/flows.ts";
import { meetAfter } from "../../support/oauth/meeting.ts";
import { MovableClock } from "../../support/oauth/movableClock.ts";
import { startTestServer, type TestServer } from "../../support/server.ts";
import { sharedServer } from "../../support/sharedServer.ts";
import { signIn } from "../../support/signedIn.ts";

/** The device grant (RFC 8628), in exactly the strings that shipped apps compare. */
const shared = sharedServer();

const PENDING = { status: 400, body: { error: "authorization_pending" } };
const DENIED = {
  status: 400,
  body: { error: "invalid_grant", error_description: "user didn't grant access" },
};
const ISSUED = {
  status: 400,
  body: { error: "invalid_grant", error_description: "access token already issued" },
};
const EXPIRED = { status: 400, body: { error: "expired_token" } };

const isEqual = (reply: unknown, expected: unknown) => expect(reply).toEqual(expected);

async function onMovableClock(work: (server: TestServer, clock: MovableClock) => Promise<void>) {
  const clock = new MovableClock();
  await using server = await startTestServer({ clock: clock.now });
  await work(server, clock);
}

describe("a device", () => {
  test("is given its codes and the address of the page", async () => {
    const { publicId } = await newClient(shared());
    const response = await askDevice(shared(), publicId);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const reply = (await response.json()) as Record<string, unknown>;
    const page = `${shared().origin.replace("127.0.0.1", "localhost")}/oauth2/device_authorization_consent`;
    expect(reply).toEqual({
      device_code: expect.stringMatching(/^[0-9a-f-]{36}$/),
      user_code: expect.stringMatching(/^[0-9a-f-]{36}$/),
      verification_uri: page,
      verification_uri_complete: `${page}?user_code=${reply.user_code}`,
      expires_in: 600,
      interval: 3,
    });
    const opened = await fetch(reply.verification_uri_complete as string);
    expect(opened.status).toBe(200);
    expect(opened.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  });

  test("waits, is let in, has its token once, and reads with it for a year", async () => {
    const [{ publicId }, person] = [await newClient(shared()), await signIn(shared())];
    const device = await beginDevice(shared(), publicId);
    isEqual(await poll(shared(), publicId.toUpperCase(), device.device_code), PENDING);
    const decided = await decideDevice(shared(), person, device.user_code);
    expect(await decided.json()).toEqual({ outcome: "granted" });
    const { status, body } = await poll(shared(), publicId, device.device_code);
    expect({ status, ...body }).toEqual({
      status: 200,
      access_token: expect.stringMatching(/^[0-9a-f-]{36}$/),
      expires_in: 31_536_000,
      token_type: "bearer",
    } as never);
    expect(Object.keys(body)).toEqual(["access_token", "expires_in", "token_type"]);
    expect(await validated(shared(), body.access_token)).toMatchObject({
      status: 200,
      client_id: publicId,
      profile_id: person.profile.publicId,
    });
    isEqual(await poll(shared(), publicId, device.device_code), ISSUED);
    expect((await validated(shared(), body.access_token)).status).toBe(200);
    const entries = await shared().server.storage.directory.trail.read(person.profile.id, 5);
    expect(entries.map(({ kind }) => kind)).toEqual(["token_made", "app_allowed"]);
  });

  test("is told that its person did not want it, that nobody decided in time, or that it has its token, also later", async () => {
    await onMovableClock(async (server, clock) => {
      const { publicId } = await newClient(server);
      const [denied, forgotten] = [await beginDevice(server, publicId), await beginDevice(server, publicId)];
      const person = await signIn(server);
      const decided = await decideDevice(server, person, denied.user_code, false);
      expect(await decided.json()).toEqual({ outcome: "denied" });
      const issued = await beginDevice(server, publicId);
      await decideDevice(server, person, issued.user_code);
      await poll(server, publicId, issued.device_code);
      isEqual(await poll(server, publicId, denied.device_code), DENIED);
      clock.move(DEVICE_CODE_SECONDS * 1000 - 1);
      isEqual(await poll(server, publicId, forgotten.device_code), PENDING);
      clock.move(1);
      isEqual(await poll(server, publicId, forgotten.device_code), EXPIRED);
      isEqual(await poll(server, publicId, denied.device_code), DENIED);
      isEqual(await poll(server, publicId, issued.device_code), ISSUED);
    });
  });

  test("is told its scopes where they are others than it asked for", async () => {
    const { publicId } = await newClient(shared());
    const scope = '"data:heart_rate:read,news:read"';
    const device = await beginDevice(shared(), publicId, { scope });
    await decideDevice(shared(), await signIn(shared()), device.user_code);
    const { body } = await poll(shared(), publicId, device.device_code);
    expect(body.scope).toBe("data:heart_rate:read");
  });

  test("of an app that is unknown is refused where no app is adopted", async () => {
    await using server = await startTestServer({ environment: { HEARTWIRE_ADOPT_CLIENTS: "off" } });
    const response = await askDevice(server, crypto.randomUUID());
    expect({ status: response.status, body: await response.json() }).toEqual(REFUSED_CLIENT);
  });

  test("that asks for nothing that there is, is refused", async () => {
    const { publicId } = await newClient(shared());
    for (const scope of [undefined, "", "news:read", "profile:create"]) {
      const response = await askDevice(shared(), publicId, { scope });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: "invalid_scope" });
    }
  });

  test("needs no secret, also of an app that has one; a wrong one is refused", async () => {
    const client = await newClient(shared());
    const secret = { client_secret: client.secret };
    const device = await beginDevice(shared(), client.publicId, secret);
    isEqual(await poll(shared(), client.publicId, device.device_code, secret), PENDING);
    const wrong = { client_secret: crypto.randomUUID() };
    isEqual(await poll(shared(), client.publicId, device.device_code, wrong), REFUSED_CLIENT);
    expect((await askDevice(shared(), client.publicId, wrong)).status).toBe(401);
  });
});

describe("a device that polls too fast", () => {
  test("is answered up to a second late, never with slow_down", async () => {
    const { publicId } = await newClient(shared());
    const { device_code: code } = await beginDevice(shared(), publicId);
    isEqual(await poll(shared(), publicId, code), PENDING);
    const before = performance.now();
    isEqual(await poll(shared(), publicId, code), PENDING);
    expect(performance.now() - before).toBeGreaterThan(500);
    expect(performance.now() - before).toBeLessThan(2_500);
  });

  test("after the interval it is answered at once", async () => {
    await onMovableClock(async (server, clock) => {
      const { publicId } = await newClient(server);
      const { device_code: code } = await beginDevice(server, publicId);
      await poll(server, publicId, code);
      clock.move(3_000);
      const before = performance.now();
      isEqual(await poll(server, publicId, code), PENDING);
      expect(performance.now() - before).toBeLessThan(500);
    });
  });

  test("has one open poll: the one before is answered at once, and never takes the token with it", async () => {
    const { publicId } = await newClient(shared());
    const { device_code: code, user_code } = await beginDevice(shared(), publicId);
    const { polls } = shared().server.context.appRequests;
    await poll(shared(), publicId, code);
    const before = performance.now();
    const held = poll(shared(), publicId, code);
    while (polls.heldCount === 0) await Bun.sleep(1);
    const next = poll(shared(), publicId, code);
    isEqual(await held, PENDING);
    expect(performance.now() - before).toBeLessThan(900);
    while (polls.heldCount === 0) await Bun.sleep(1);
    await decideDevice(shared(), await signIn(shared()), user_code);
    const live = await poll(shared(), publicId, code);
    expect(live.status).toBe(200);
    isEqual(await next, PENDING);
  });

  test("does not hold up the server's end", async () => {
    const server = await startTestServer();
    const { publicId } = await newClient(server);
    const { device_code: code } = await beginDevice(server, publicId);
    await poll(server, publicId, code);
    const held = poll(server, publicId, code).catch(() => undefined);
    while (server.server.context.appRequests.polls.heldCount === 0) await Bun.sleep(1);
    const before = performance.now();
    await server[Symbol.asyncDispose]();
    expect(performance.now() - before).toBeLessThan(900);
    await held;
  });
});

describe("the person who decides", () => {
  test("sees who asks, what for, and that it is the same network", async () => {
    const client = await newClient(shared());
    const device = await beginDevice(shared(), client.publicId);
    const response = await lookAtDevice(shared(), await signIn(shared()), device.user_code.toUpperCase());
    expect(await response.json()).toEqual({
      client: {
        client_id: client.publicId,
        name: "Pulse Wall",
        verified: true,
        registered_at: client.createdAt,
        connected: false,
      },
      scopes: ["data:heart_rate:read", "data:heart_rate:write"],
      lifetime_seconds: 31_536_000,
      expires_at: expect.any(Number),
      same_network: true,
    });
  });

  test("is warned when the code comes from another network (RFC 8628 section 5.4)", async () => {
    const environment = { HEARTWIRE_TRUSTED_PROXIES: "127.0.0.1" };
    await using server = await startTestServer({ environment });
    const { publicId } = await newClient(server);
    const response = await fetch(`${server.origin}/oauth2/device_authorization`, {
      method: "POST",
      headers: { "x-forwarded-for": "203.0.113.9" },
      body: new URLSearchParams({ client_id: publicId, scope: "data:heart_rate:read" }),
    });
    const { user_code } = (await response.json()) as { user_code: string };
    const looked = await lookAtDevice(server, await signIn(server), user_code);
    expect(await looked.json()).toMatchObject({ same_network: false });
  });

  test("decides once: later answers are a conflict, whosever they are", async () => {
    await using server = await startTestServer();
    const { publicId } = await newClient(server);
    const [anna, ben] = [await signIn(server), await signIn(server)];
    const device = await beginDevice(server, publicId);
    meetAfter(server.server.storage.directory.deviceRequests, "findByUserCode", 2);
    const answers = await Promise.all([
      decideDevice(server, anna, device.user_code),
      decideDevice(server, ben, device.user_code),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await lookAtDevice(server, anna, device.user_code)).status).toBe(409);
  });

  test("is told that a code is unknown, over, or no code of theirs to decide about", async () => {
    await onMovableClock(async (server, clock) => {
      const [{ publicId }, person] = [await newClient(server), await signIn(server)];
      const device = await beginDevice(server, publicId);
      clock.move(DEVICE_CODE_SECONDS * 1000);
      for (const code of [device.user_code, device.device_code, crypto.randomUUID(), "", "WDJB-MJHT"]) {
        for (const response of [
          await lookAtDevice(server, person, code),
          await decideDevice(server, person, code),
        ]) {
          expect({ code, status: response.status }).toEqual({ code, status: 404 });
        }
      }
    });
  });

  test("only by a page of theirs", async () => {
    const { publicId } = await newClient(shared());
    const device = await beginDevice(shared(), publicId);
    const token = await shared().token(["data:heart_rate:read"]);
    for (const response of [
      await decideDevice(shared(), { token }, device.user_code),
      await lookAtDevice(shared(), { token }, device.user_code),
    ]) {
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ error_code: 7011 });
    }
    isEqual(await poll(shared(), publicId, device.device_code), PENDING);
  });
});

describe("guessing user codes (unknownUserCodesPerMinuteMax)", () => {
  test("as many as the limit are told to be unknown; after them every code is 429, for this person alone", async () => {
    const clock = new MovableClock();
    const limits = { unknownUserCodesPerMinuteMax: 3 };
    await using server = await startTestServer({ limits, clock: clock.now });
    const [{ publicId }, eve, anna] = [await newClient(server), await signIn(server), await signIn(server)];
    const { user_code } = await beginDevice(server, publicId);
    for (let guess = 0; guess < 3; guess++) {
      expect((await decideDevice(server, eve, crypto.randomUUID())).status).toBe(404);
    }
    const refused = await lookAtDevice(server, eve, crypto.randomUUID());
    expect({ status: refused.status, after: refused.headers.get("retry-after") }).toEqual({
      status: 429,
      after: "60",
    });
    expect((await decideDevice(server, eve, user_code)).status).toBe(429);
    expect((await lookAtDevice(server, anna, user_code)).status).toBe(200);
    clock.move(60_000);
    expect((await decideDevice(server, eve, crypto.randomUUID())).status).toBe(404);
  });
});

describe("a device's code is of no use", () => {
  test("to another app, though the person let the device in", async () => {
    const [{ publicId }, thief] = [await newClient(shared()), await newClient(shared())];
    const device = await beginDevice(shared(), publicId);
    await decideDevice(shared(), await signIn(shared()), device.user_code);
    for (const clientId of [thief.publicId, crypto.randomUUID(), "x"]) {
      expect(await poll(shared(), clientId, device.device_code)).toMatchObject(REFUSED_GRANT);
    }
    expect((await poll(shared(), publicId, device.device_code)).status).toBe(200);
  });

  test("as an authorization code, a refresh token or an access token, and these are no device's codes", async () => {
    const [client, person] = [await newClient(shared()), await signIn(shared())];
    const device = await beginDevice(shared(), client.publicId);
    const { device_code, user_code } = device;
    expect(await redeem(shared(), client, device_code)).toMatchObject(REFUSED_GRANT);
    expect(await refresh(shared(), client, device_code)).toMatchObject(REFUSED_GRANT);
    expect((await validated(shared(), device_code)).status).toBe(401);
    const code = await newCode(shared(), person, client);
    const { body } = await redeem(shared(), client, code);
    for (const other of [user_code, code, body.access_token, body.refresh_token, "x"]) {
      expect(await poll(shared(), client.publicId, other)).toMatchObject(REFUSED_GRANT);
    }
  });

  test("twice at the same time: one is given the token", async () => {
    await using server = await startTestServer();
    const { publicId } = await newClient(server);
    const device = await beginDevice(server, publicId);
    await decideDevice(server, await signIn(server), device.user_code);
    meetAfter(server.server.storage.directory.deviceRequests, "findByDeviceCode", 50);
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => poll(server, publicId, device.device_code)),
    );
    expect(replies.filter(({ status }) => status === 200).length).toBe(1);
    const others = replies.filter(({ status }) => status !== 200);
    for (const reply of others) isEqual(reply, ISSUED);
  });

  test("after the person disconnected the app, although they had let the device in", async () => {
    const [client, person] = [await newClient(shared()), await signIn(shared())];
    const device = await beginDevice(shared(), client.publicId);
    await decideDevice(shared(), person, device.user_code);
    const { directory } = shared().server.storage;
    await directory.grants.disconnect(person.profile.id, client.id, shared().server.context.clock());
    isEqual(await poll(shared(), client.publicId, device.device_code), DENIED);
  });
});

describe("limits on devices", () => {
  const isRefused = async (response: Response) => {
    expect({ status: response.status, after: response.headers.get("retry-after") }).toEqual({
      status: 429,
      after: "60",
    });
    expect(await response.json()).toMatchObject({ error: "temporarily_unavailable" });
  };

  test("of one app (devicesPerClientMax): as many as the limit wait, one more is refused until one is decided", async () => {
    await using server = await startTestServer({ limits: { devicesPerClientMax: 2 } });
    const [one, other] = [await newClient(server), await newClient(server)];
    const { user_code } = await beginDevice(server, one.publicId);
    await beginDevice(server, one.publicId);
    await isRefused(await askDevice(server, one.publicId));
    await beginDevice(server, other.publicId);
    await decideDevice(server, await signIn(server), user_code, false);
    await beginDevice(server, one.publicId);
  });

  test("of one address (deviceRequestsPerMinuteMax): one past the limit is refused for a minute", async () => {
    const clock = new MovableClock();
    const limits = { deviceRequestsPerMinuteMax: 2 };
    await using server = await startTestServer({ limits, clock: clock.now });
    const { publicId } = await newClient(server);
    await beginDevice(server, publicId);
    await beginDevice(server, publicId);
    await isRefused(await askDevice(server, publicId));
    clock.move(60_000);
    await beginDevice(server, publicId);
  });
});
