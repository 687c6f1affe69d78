import { describe, expect, test } from "bun:test";
import { hashToken } from "../../../src/auth/tokens.ts";
import { CODE_SECONDS, CODE_TWICE_MS } from "../../../src/domain/oauthLifetimes.ts";
import {
  allow,
  answerIn,
  authorizationQuery,
  CALLBACK,
  HEART_SCOPES,
  LOOPBACK_CALLBACK,
  newClient,
  newCode,
  newVerifier,
  REFUSED_CLIENT,
  REFUSED_GRANT,
  redeem,
  refresh,
  validated,
} from "../../support/oauth/flows.ts";
import { meetAfter } from "../../support/oauth/meeting.ts";
import { MovableClock } from "../../support/oauth/movableClock.ts";
import { startTestServer } from "../../support/server.ts";
import { sharedServer } from "../../support/sharedServer.ts";
import { signIn } from "../../support/signedIn.ts";

/** The authorization code grant (RFC 6749 section 4.1) and what an attacker tries with a code. */
const shared = sharedServer();

describe("an app redeems its code", () => {
  test("and is answered as the wire text says, with a pair that holds an hour", async () => {
    const person = await signIn(shared());
    const client = await newClient(shared());
    const code = await newCode(shared(), person, client);
    expect(code).toMatch(/^[0-9a-f-]{36}$/);
    const { status, body } = await redeem(shared(), client, code);
    expect({ status, ...body }).toEqual({
      status: 200,
      access_token: expect.stringMatching(/^[0-9a-f-]{36}$/),
      refresh_token: expect.stringMatching(/^[0-9a-f-]{36}$/),
      expires_in: 3600,
      token_type: "bearer",
    });
    expect(Object.keys(body)).toEqual(["access_token", "refresh_token", "expires_in", "token_type"]);
    expect(await validated(shared(), body.access_token)).toEqual({
      status: 200,
      token: body.access_token,
      client_id: client.publicId,
      expires_in: expect.any(Number),
      profile_id: person.profile.publicId,
      scopes: HEART_SCOPES.split(" "),
    });
  });

  test("and is told its scopes where they are others than it asked for (RFC 6749 section 5.1)", async () => {
    const client = await newClient(shared());
    const scope = "news:read,data:heart_rate:read";
    const code = await newCode(shared(), await signIn(shared()), client, { scope });
    expect((await redeem(shared(), client, code)).body.scope).toBe("data:heart_rate:read");
  });

  test("and is told them, too, where its person allowed less", async () => {
    const client = await newClient(shared());
    const query = authorizationQuery({
      response_type: "code",
      client_id: client.publicId,
      scope: HEART_SCOPES,
    });
    const less = { scopes: ["data:heart_rate:read"] };
    const { redirect_to } = await allow(shared(), await signIn(shared()), query, less);
    const code = answerIn(redirect_to).get("code") as string;
    expect((await redeem(shared(), client, code)).body.scope).toBe("data:heart_rate:read");
  });

  test("with PKCE, with a secret or without one", async () => {
    for (const isPublic of [true, false]) {
      const client = await newClient(shared(), { isPublic });
      const { verifier, challenge } = newVerifier();
      const code = await newCode(shared(), await signIn(shared()), client, {
        code_challenge: challenge,
        code_challenge_method: "S256",
      });
      expect((await redeem(shared(), client, code, { code_verifier: verifier })).status).toBe(200);
    }
  });

  test("on a loopback address with the port that it took", async () => {
    const client = await newClient(shared(), { redirectUris: ["http://127.0.0.1/callback"] });
    const redirect = { redirect_uri: LOOPBACK_CALLBACK };
    const code = await newCode(shared(), await signIn(shared()), client, redirect);
    const otherPort = { redirect_uri: "http://127.0.0.1:53412/callback" };
    expect(await redeem(shared(), client, code, otherPort)).toMatchObject(REFUSED_GRANT);
    expect((await redeem(shared(), client, code, redirect)).status).toBe(200);
  });

  test("without its address where the authorization request named none", async () => {
    const client = await newClient(shared());
    const code = await newCode(shared(), await signIn(shared()), client, { redirect_uri: undefined });
    expect((await redeem(shared(), client, code, { redirect_uri: undefined })).status).toBe(200);
  });
});

describe("a code is good once", () => {
  test("of a thousand requests that redeem one at the same time, one is given tokens, and they hold", async () => {
    const clock = new MovableClock();
    await using server = await startTestServer({ clock: clock.now });
    const client = await newClient(server);
    const code = await newCode(server, await signIn(server), client);
    meetAfter(server.server.storage.directory.grants, "findCode", 200);
    const replies = await Promise.all(Array.from({ length: 1_000 }, () => redeem(server, client, code)));
    const winners = replies.filter(({ status }) => status === 200);
    expect(winners.length).toBe(1);
    expect(replies.filter(({ body }) => body.error === "invalid_grant").length).toBe(999);
    expect((await validated(server, winners[0]?.body.access_token ?? "")).status).toBe(200);
  });

  test("used again within two seconds by the same app it is refused, and what came of it holds", async () => {
    const clock = new MovableClock();
    await using server = await startTestServer({ clock: clock.now });
    const client = await newClient(server);
    const code = await newCode(server, await signIn(server), client);
    const { body } = await redeem(server, client, code);
    clock.move(CODE_TWICE_MS);
    expect(await redeem(server, client, code)).toMatchObject(REFUSED_GRANT);
    expect((await validated(server, body.access_token)).status).toBe(200);
    clock.move(1);
    expect(await redeem(server, client, code)).toMatchObject(REFUSED_GRANT);
    expect((await validated(server, body.access_token)).status).toBe(401);
    expect(await refresh(server, client, body.refresh_token)).toMatchObject(REFUSED_GRANT);
  });

  test("a used code that another app shows ends what came of it at once, and its person reads why", async () => {
    const person = await signIn(shared());
    const [client, thief] = [await newClient(shared()), await newClient(shared())];
    const code = await newCode(shared(), person, client);
    const { body } = await redeem(shared(), client, code);
    expect(await redeem(shared(), thief, code)).toMatchObject(REFUSED_GRANT);
    expect((await validated(shared(), body.access_token)).status).toBe(401);
    const entries = await shared().server.storage.directory.trail.read(person.profile.id, 10);
    expect(entries.map(({ kind }) => kind)).toEqual(["app_family_revoked", "token_made", "app_allowed"]);
    expect(entries[0]?.details).toMatchObject({ reason: "code used twice" });
  });

  test("a used code with a wrong verifier ends what came of it, within two seconds too", async () => {
    const client = await newClient(shared(), { isPublic: true });
    const { verifier, challenge } = newVerifier();
    const pkce = { code_challenge: challenge, code_challenge_method: "S256" };
    const code = await newCode(shared(), await signIn(shared()), client, pkce);
    const { body } = await redeem(shared(), client, code, { code_verifier: verifier });
    const guess = { code_verifier: newVerifier().verifier };
    expect(await redeem(shared(), client, code, guess)).toMatchObject(REFUSED_GRANT);
    expect((await validated(shared(), body.access_token)).status).toBe(401);
  });

  test("it is over after a minute", async () => {
    const clock = new MovableClock();
    await using server = await startTestServer({ clock: clock.now });
    const [client, person] = [await newClient(server), await signIn(server)];
    const [early, late] = [await newCode(server, person, client), await newCode(server, person, client)];
    clock.move(CODE_SECONDS * 1000 - 1);
    expect((await redeem(server, client, early)).status).toBe(200);
    clock.move(1);
    expect(await redeem(server, client, late)).toMatchObject(REFUSED_GRANT);
  });
});

describe("a stolen code is of no use", () => {
  test("to another app, with its own good secret, and the app itself may still redeem it", async () => {
    const [client, thief] = [await newClient(shared()), await newClient(shared())];
    const code = await newCode(shared(), await signIn(shared()), client);
    expect(await redeem(shared(), thief, code)).toMatchObject(REFUSED_GRANT);
    expect((await redeem(shared(), client, code)).status).toBe(200);
  });

  test("without the app's secret, or with a wrong one", async () => {
    const client = await newClient(shared());
    const code = await newCode(shared(), await signIn(shared()), client);
    for (const client_secret of [undefined, "", crypto.randomUUID(), `${client.secret} `]) {
      expect(await redeem(shared(), client, code, { client_secret })).toEqual(REFUSED_CLIENT as never);
    }
    expect((await redeem(shared(), client, code)).status).toBe(200);
  });

  test("by an unknown app: it is answered as one with a wrong secret is", async () => {
    const client = await newClient(shared());
    const code = await newCode(shared(), await signIn(shared()), client);
    for (const client_id of [crypto.randomUUID(), "nobody", "' OR 1=1 --"]) {
      expect(await redeem(shared(), client, code, { client_id })).toEqual(REFUSED_CLIENT as never);
    }
  });

  test("for another address than it was sent to", async () => {
    const other = "https://app.example/other";
    const client = await newClient(shared(), { redirectUris: [CALLBACK, other] });
    const code = await newCode(shared(), await signIn(shared()), client);
    for (const redirect_uri of [other, `${CALLBACK}/`, undefined, "", "https://evil.example/"]) {
      expect(await redeem(shared(), client, code, { redirect_uri })).toMatchObject(REFUSED_GRANT);
    }
  });

  test("injected into another session of the same app: the verifier is another one (RFC 9700 section 4.5)", async () => {
    const client = await newClient(shared(), { isPublic: true });
    const [victims, attackers] = [newVerifier(), newVerifier()];
    const pkce = { code_challenge: victims.challenge, code_challenge_method: "S256" };
    const code = await newCode(shared(), await signIn(shared()), client, pkce);
    const guesses = [attackers.verifier, undefined, "", victims.challenge, victims.verifier.slice(1), "x"];
    for (const code_verifier of guesses) {
      expect(await redeem(shared(), client, code, { code_verifier })).toMatchObject(REFUSED_GRANT);
    }
    expect((await redeem(shared(), client, code, { code_verifier: victims.verifier })).status).toBe(200);
  });

  test("with a verifier where there was no challenge: somebody took it out (RFC 9700 section 4.8)", async () => {
    const client = await newClient(shared());
    const code = await newCode(shared(), await signIn(shared()), client);
    const code_verifier = newVerifier().verifier;
    expect(await redeem(shared(), client, code, { code_verifier })).toMatchObject(REFUSED_GRANT);
  });

  test("as a token, a refresh token or a device's code", async () => {
    const client = await newClient(shared());
    const code = await newCode(shared(), await signIn(shared()), client);
    expect((await validated(shared(), code)).status).toBe(401);
    expect(await refresh(shared(), client, code)).toMatchObject(REFUSED_GRANT);
    const asDevice = {
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code: code,
      code: undefined,
    };
    expect(await redeem(shared(), client, code, asDevice)).toMatchObject(REFUSED_GRANT);
  });

  test("and no other kind of token is a code", async () => {
    const [client, person] = [await newClient(shared()), await signIn(shared())];
    const { body } = await redeem(shared(), client, await newCode(shared(), person, client));
    for (const code of [body.access_token, body.refresh_token, person.token, "x", "null"]) {
      expect(await redeem(shared(), client, code)).toMatchObject(REFUSED_GRANT);
    }
  });
});

test("no code, token or secret is in the database as it is", async () => {
  const client = await newClient(shared());
  const code = await newCode(shared(), await signIn(shared()), client);
  const { body } = await redeem(shared(), client, code);
  const { db } = shared().server.storage.directory.people.database;
  const rows = JSON.stringify([
    await db.selectFrom("authorization_code").selectAll().execute(),
    await db.selectFrom("refresh_token").selectAll().execute(),
    await db.selectFrom("access_token").selectAll().execute(),
    await db.selectFrom("client").selectAll().execute(),
  ]);
  for (const secret of [code, body.access_token, body.refresh_token, client.secret as string]) {
    expect(rows).toContain(hashToken(secret));
    expect(rows).not.toContain(secret);
  }
});
