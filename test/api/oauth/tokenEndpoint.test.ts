import { describe, expect, test } from "bun:test";
import { DEFAULT_LIMITS } from "../../../src/settings/limits.ts";
import { DEVICE_GRANT } from "../../support/oauth/devices.ts";
import {
  askToken,
  credentialsOf,
  newClient,
  newCode,
  newVerifier,
  postForm,
  REFUSED_CLIENT,
  redeem,
  refresh,
  validated,
} from "../../support/oauth/flows.ts";
import { MovableClock } from "../../support/oauth/movableClock.ts";
import { bearer, LATEST_PATH } from "../../support/requests.ts";
import { startTestServer, write } from "../../support/server.ts";
import { sharedServer } from "../../support/sharedServer.ts";
import { signIn } from "../../support/signedIn.ts";

/** What holds for every grant at `/oauth2/token`, and client credentials. */
const shared = sharedServer();
const TOKEN = "/oauth2/token";
const FORM = "application/x-www-form-urlencoded";

const basicOf = (id: string, secret: string | undefined) => ({
  authorization: `Basic ${btoa(`${id}:${secret}`)}`,
});

describe("every answer of the token endpoint", () => {
  test("is kept by nobody, and may be read by pages of any origin, good or bad (RFC 6749 section 5.1)", async () => {
    const client = await newClient(shared());
    const fields = { grant_type: "client_credentials", ...credentialsOf(client) };
    for (const sent of [fields, { ...fields, client_secret: "x" }, { ...fields, grant_type: "x" }]) {
      const response = await postForm(shared(), TOKEN, sent, { origin: "https://app.example" });
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(response.headers.get("pragma")).toBe("no-cache");
      expect(response.headers.get("content-type")).toBe("application/json");
      expect(response.headers.get("access-control-allow-origin")).toBe("*");
      expect(response.headers.has("access-control-allow-credentials")).toBe(false);
    }
  });

  test("a preflight allows an app's headers", async () => {
    for (const path of [TOKEN, "/oauth2/revoke", "/oauth2/device_authorization"]) {
      const response = await fetch(`${shared().origin}${path}`, { method: "OPTIONS" });
      expect(response.status).toBe(204);
      expect(response.headers.get("access-control-allow-methods")).toBe("POST");
      expect(response.headers.get("access-control-allow-headers")).toContain("authorization");
    }
    const introspect = await fetch(`${shared().origin}/oauth2/introspect`, { method: "OPTIONS" });
    expect(introspect.status).toBe(405);
  });
});

describe("the form", () => {
  const refused = (word: string) => ({
    status: 400,
    body: { error: "invalid_request", error_description: expect.stringContaining(word) },
  });
  const send = async (body: string, headers: Record<string, string> = {}, query = "") => {
    const response = await postForm(shared(), `${TOKEN}${query}`, body, headers);
    return { status: response.status, body: (await response.json()) as object };
  };

  test("is a form: JSON and text are refused, in the words of RFC 6749", async () => {
    const client = await newClient(shared());
    const fields = { grant_type: "client_credentials", ...credentialsOf(client) };
    const json = { "content-type": "application/json" };
    expect(await send(JSON.stringify(fields), json)).toEqual(refused("form-urlencoded"));
    const form = new URLSearchParams(fields as Record<string, string>).toString();
    for (const type of ["text/plain", "multipart/form-data; boundary=x", "", `${FORM}-x`]) {
      expect(await send(form, { "content-type": type })).toEqual(refused("form-urlencoded"));
    }
    expect((await send(form, { "content-type": `${FORM}; charset=UTF-8` })).status).toBe(200);
    expect((await send(form, { "content-type": FORM.toUpperCase() })).status).toBe(200);
  });

  test("names nothing twice, also where one of them is empty or the same", async () => {
    const client = await newClient(shared());
    const good = new URLSearchParams({
      grant_type: "client_credentials",
      ...credentialsOf(client),
    } as Record<string, string>).toString();
    for (const name of ["grant_type", "client_id", "client_secret", "scope", "code"]) {
      for (const value of ["", "x", client.publicId]) {
        const twice = `${good}${name === "scope" || name === "code" ? `&${name}=1` : ""}&${name}=${value}`;
        expect(await send(twice)).toEqual(refused(name));
      }
    }
    expect((await send(`${good}&foo=1&foo=2`)).status).toBe(200);
  });

  test("a parameter without a value was not given (RFC 6749 section 3.1)", async () => {
    const client = await newClient(shared());
    expect(await send(`grant_type=&client_id=${client.publicId}`)).toEqual(refused("grant_type"));
    const fields = `client_id=${client.publicId}&client_secret=${client.secret}`;
    expect(await send(`grant_type=authorization_code&code=&${fields}`)).toEqual(refused("code"));
    expect(await send(`grant_type=refresh_token&${fields}`)).toEqual(refused("refresh_token"));
    expect(await send(`grant_type=${DEVICE_GRANT}&${fields}`)).toEqual(refused("device_code"));
    expect(await send("grant_type=refresh_token&refresh_token=x")).toEqual(refused("client_id"));
    expect(await send("")).toEqual(refused("grant_type"));
    const code = await newCode(shared(), await signIn(shared()), client);
    const empty = { code_verifier: "", scope: "" };
    expect((await redeem(shared(), client, code, empty)).status).toBe(200);
  });

  test("holds everything: what stands in the address is refused, where logs would keep it", async () => {
    const client = await newClient(shared());
    const fields = { grant_type: "client_credentials", ...credentialsOf(client) };
    const form = new URLSearchParams(fields as Record<string, string>).toString();
    const secret = `client_secret=${client.secret}`;
    const wrong: readonly (readonly [word: string, query: string, body: string])[] = [
      ["client_secret", `?${secret}`, form.replace(`&${secret}`, "")],
      ["client_id", `?client_id=${client.publicId}`, form],
      ["grant_type", `?${form}`, ""],
      ["code", `?code=${crypto.randomUUID()}`, form],
    ];
    for (const [word, query, body] of wrong) {
      const reply = await send(body, {}, query);
      expect(reply).toEqual(refused(word));
      expect(JSON.stringify(reply)).not.toContain(client.secret as string);
    }
    const revoked = await postForm(shared(), `/oauth2/revoke?token=${client.secret}`, {});
    expect(revoked.status).toBe(400);
  });

  test("that is no UTF-8 is refused, and one that is too long is a 413", async () => {
    const response = await fetch(`${shared().origin}${TOKEN}`, {
      method: "POST",
      headers: { "content-type": FORM },
      body: new Uint8Array([0x67, 0x3d, 0xff]),
    });
    expect(await response.json()).toMatchObject({ error: "invalid_request" });
    const long = await postForm(shared(), TOKEN, "x=".padEnd(DEFAULT_LIMITS.bodyBytesMax + 1, "x"));
    expect(long.status).toBe(413);
  });

  test("names a grant that there is", async () => {
    const client = await newClient(shared());
    for (const grant_type of ["password", "implicit", "toString", "__proto__", "constructor", "urn:x"]) {
      expect(await askToken(shared(), { grant_type, ...credentialsOf(client) })).toMatchObject({
        status: 400,
        body: { error: "unsupported_grant_type" },
      });
    }
  });
});

describe("an app shows who it is", () => {
  test("in the form or by Basic, never by both; a wrong one is challenged where it used Basic", async () => {
    const client = await newClient(shared());
    const grant = { grant_type: "client_credentials" };
    const good = basicOf(client.publicId, client.secret);
    expect((await askToken(shared(), grant, good)).status).toBe(200);
    expect((await askToken(shared(), { ...grant, ...credentialsOf(client) })).status).toBe(200);
    expect(await askToken(shared(), { ...grant, ...credentialsOf(client) }, good)).toMatchObject({
      status: 400,
      body: { error: "invalid_request" },
    });
    const wrong = basicOf(client.publicId, crypto.randomUUID());
    const response = await postForm(shared(), TOKEN, grant, wrong);
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe('Basic realm="Heartwire"');
    const inForm = await postForm(shared(), TOKEN, {
      ...grant,
      client_id: client.publicId,
      client_secret: "x",
    });
    expect(inForm.headers.get("www-authenticate")).toBeNull();
  });

  test("an unknown app and a wrong secret are answered alike, to the letter", async () => {
    const [client, isPublic] = [await newClient(shared()), await newClient(shared(), { isPublic: true })];
    const ask = async (id: string, secret: string | undefined) => {
      const fields = { grant_type: "refresh_token", refresh_token: crypto.randomUUID() };
      const response = await postForm(shared(), TOKEN, fields, basicOf(id, secret));
      return { status: response.status, head: [...response.headers].sort(), body: await response.text() };
    };
    const unknown = await ask(crypto.randomUUID(), "x");
    const withoutDate = ({ head, ...rest }: typeof unknown) => ({
      ...rest,
      head: head.filter(([name]) => name !== "date"),
    });
    for (const other of [
      await ask(client.publicId, "x"),
      await ask(client.publicId, ""),
      await ask(isPublic.publicId, "x"),
      await ask("x", "x"),
    ]) {
      expect(withoutDate(other)).toEqual(withoutDate(unknown));
    }
  });

  test("an app without a secret that shows one is refused: it would be somebody's guess", async () => {
    const client = await newClient(shared(), { isPublic: true });
    const { verifier, challenge } = newVerifier();
    const pkce = { code_challenge: challenge, code_challenge_method: "S256" };
    const code = await newCode(shared(), await signIn(shared()), client, pkce);
    const proof = { code_verifier: verifier };
    const guess = { ...proof, client_secret: "guess" };
    expect(await redeem(shared(), client, code, guess)).toEqual(REFUSED_CLIENT as never);
    const { body } = await redeem(shared(), client, code, proof);
    expect((await refresh(shared(), client, body.refresh_token)).status).toBe(200);
  });
});

describe("client credentials", () => {
  const grant = { grant_type: "client_credentials" };

  test("give a server a token that is nobody's, without a refresh token", async () => {
    const client = await newClient(shared());
    const { status, body } = await askToken(shared(), grant, basicOf(client.publicId, client.secret));
    expect({ status, ...body }).toEqual({
      status: 200,
      access_token: expect.any(String),
      expires_in: 3600,
      token_type: "bearer",
      scope: "profile:create",
    } as never);
    expect(await validated(shared(), body.access_token)).toEqual({
      status: 200,
      token: body.access_token,
      client_id: client.publicId,
      expires_in: expect.any(Number),
      profile_id: null,
      scopes: ["profile:create"],
    });
  });

  test("open nothing of any person: 401 with 7011, whatever scopes they name", async () => {
    const client = await newClient(shared());
    const scope = "data:heart_rate:read data:heart_rate:write data:statistics:read profile:read widgets:read";
    const { body } = await askToken(shared(), { ...grant, ...credentialsOf(client), scope });
    expect(body.scope).toBeUndefined();
    const { origin } = shared();
    const headers = bearer(body.access_token);
    for (const path of [LATEST_PATH, "/api/v1/statistics", "/api/v1/profile", "/api/v1/widgets"]) {
      const response = await fetch(`${origin}${path}`, { headers });
      expect({ path, status: response.status }).toEqual({ path, status: 401 });
      expect(await response.json()).toMatchObject({ error_code: 7011 });
    }
    const written = await write(origin, body.access_token, Date.now(), 70);
    expect(written.status).toBe(401);
    expect(await written.json()).toMatchObject({ error_code: 7011 });
  });

  test("are for apps with a secret alone", async () => {
    const client = await newClient(shared(), { isPublic: true });
    expect(await askToken(shared(), { ...grant, client_id: client.publicId })).toEqual(
      REFUSED_CLIENT as never,
    );
  });

  test("that name no scope that there is are refused, and unknown ones are dropped", async () => {
    const client = await newClient(shared());
    const ask = (scope: string) => askToken(shared(), { ...grant, ...credentialsOf(client), scope });
    expect(await ask("news:read")).toMatchObject({ status: 400, body: { error: "invalid_scope" } });
    expect((await ask("news:read,profile:create")).body.scope).toBe("profile:create");
  });

  test("are given so often in a minute (tokensPerMinuteMax), and one more is told to wait, for this app alone", async () => {
    const clock = new MovableClock();
    await using server = await startTestServer({ limits: { tokensPerMinuteMax: 2 }, clock: clock.now });
    const [client, other] = [await newClient(server), await newClient(server)];
    const ask = async (who: typeof client) =>
      (await askToken(server, { ...grant, ...credentialsOf(who) })).status;
    expect([await ask(client), await ask(client), await ask(client)]).toEqual([200, 200, 429]);
    expect(await ask(other)).toBe(200);
    clock.move(60_000);
    expect(await ask(client)).toBe(200);
  });

  test("have no refresh token, and the access token is none", async () => {
    const client = await newClient(shared());
    const { body } = await askToken(shared(), { ...grant, ...credentialsOf(client) });
    expect((await refresh(shared(), client, body.access_token)).body.error).toBe("invalid_grant");
  });
});
