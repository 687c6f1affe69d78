import { describe, expect, test } from "bun:test";
import {
  allow,
  answerIn,
  asPage,
  authorizationQuery,
  CALLBACK,
  HEART_SCOPES,
  newClient,
  newVerifier,
  openAuthorization,
  type TestClient,
  validated,
} from "../../support/oauth/flows.ts";
import { startTestServer } from "../../support/server.ts";
import { sharedServer } from "../../support/sharedServer.ts";
import { signIn } from "../../support/signedIn.ts";

/** The authorization endpoint and the consent of a person (RFC 6749 sections 3.1 and 4.1, RFC 9207). */
const shared = sharedServer();
const issuer = () => shared().origin.replace("127.0.0.1", "localhost");

type Fields = Readonly<Record<string, string | undefined>>;

function queryFor({ publicId }: TestClient, fields: Fields = {}): string {
  return authorizationQuery({
    response_type: "code",
    client_id: publicId,
    redirect_uri: CALLBACK,
    scope: HEART_SCOPES,
    state: "a b&c=d",
    ...fields,
  });
}

function open(query: string): Promise<Response> {
  return openAuthorization(shared(), query);
}

/** Checks that a page tells the person, and nobody is sent anywhere. */
async function expectPage(response: Response, word: string): Promise<void> {
  expect(response.status).toBe(400);
  expect(response.headers.has("location")).toBe(false);
  expect(response.headers.get("content-type")).toStartWith("text/html");
  expect(response.headers.get("access-control-allow-origin")).toBeNull();
  expect(await response.text()).toContain(word);
}

async function redirectOf(response: Response): Promise<{ at: string; answer: Record<string, string> }> {
  expect(response.status).toBe(302);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(response.headers.get("referrer-policy")).toBe("no-referrer");
  const location = response.headers.get("location") as string;
  return { at: location.split(/[?#]/)[0] as string, answer: Object.fromEntries(answerIn(location)) };
}

describe("a request that is right", () => {
  test("opens the page on which the person decides, which nobody may frame or read", async () => {
    const response = await open(queryFor(await newClient(shared())));
    expect(response.status).toBe(200);
    expect(response.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(response.headers.get("referrer-policy")).toBe("no-referrer");
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("and is shown to the person in the words of the API", async () => {
    const client = await newClient(shared());
    const query = queryFor(client, { scope: "news:read,data:heart_rate:read profile:create" });
    for (const written of [query, `?${query}`]) {
      const response = await asPage(shared(), await signIn(shared()), "/authorizations/look", {
        query: written,
      });
      expect(await response.json()).toEqual({
        client: {
          client_id: client.publicId,
          name: "Pulse Wall",
          verified: true,
          registered_at: client.createdAt,
          connected: false,
        },
        redirect: { address: CALLBACK, kind: "web" },
        scopes: ["data:heart_rate:read"],
        dropped_scopes: ["profile:create", "news:read"],
        lifetime_seconds: 3600,
        renews: true,
        response: "code",
      });
    }
  });

  test("an app that the person let in before is shown as connected", async () => {
    const [client, person] = [await newClient(shared(), { implicit: true }), await signIn(shared())];
    const query = queryFor(client, { response_type: "token" });
    await allow(shared(), person, query);
    const look = (who: typeof person) => asPage(shared(), who, "/authorizations/look", { query });
    expect(await (await look(person)).json()).toMatchObject({ client: { connected: true } });
    expect(await (await look(await signIn(shared()))).json()).toMatchObject({ client: { connected: false } });
  });
});

describe("nobody is sent anywhere", () => {
  test("by an app that is unknown here", async () => {
    const client = await newClient(shared());
    for (const client_id of [undefined, "", "nobody", `${client.publicId}0`]) {
      await expectPage(await open(queryFor(client, { client_id })), "client_id");
    }
  });

  const wrong = [
    "https://evil.example/",
    "https://app.example/callback/",
    "https://app.example/callback?x=1",
    "https://app.example.evil.example/callback",
    "https://app.example@evil.example/callback",
    "//evil.example/callback",
    "javascript:alert(1)",
    "http://localhost:1234/callback",
  ];
  for (const redirect_uri of wrong) {
    test(`to an address that its app did not register: ${redirect_uri}`, async () => {
      const client = await newClient(shared());
      const other = await newClient(shared(), { redirectUris: [redirect_uri] });
      const errors: Fields[] = [{}, { response_type: "x" }, { scope: "none" }, { response_type: "token" }];
      for (const more of errors) {
        await expectPage(await open(queryFor(client, { redirect_uri, ...more })), "redirect_uri");
      }
      // Also where the answer would be shown on a page: what it names must be its own.
      const shows = await newClient(shared(), { implicit: true });
      const onPage = { response_type: "token", response_mode: "web_page", redirect_uri };
      await expectPage(await open(queryFor(shows, onPage)), "redirect_uri");
      expect(other.redirectUris).toEqual([redirect_uri]);
    });
  }

  test("by an app or an address that is given twice (parameter pollution)", async () => {
    const client = await newClient(shared());
    await expectPage(await open(`${queryFor(client)}&redirect_uri=https://evil.example/`), "redirect_uri");
    await expectPage(await open(`redirect_uri=https://evil.example/&${queryFor(client)}`), "redirect_uri");
    await expectPage(await open(`${queryFor(client)}&client_id=${client.publicId}`), "client_id");
  });

  test("where an app has two addresses and names none", async () => {
    const client = await newClient(shared(), { redirectUris: [CALLBACK, "https://app.example/b"] });
    await expectPage(await open(queryFor(client, { redirect_uri: undefined })), "redirect_uri");
    await expectPage(await open(queryFor(client, { redirect_uri: "" })), "redirect_uri");
  });

  test("and what was sent is not in the page, where it could become code", async () => {
    const client = await newClient(shared());
    const evil = "https://evil.example/<script>alert(1)</script>";
    const page = await (await open(queryFor(client, { redirect_uri: evil, state: evil }))).text();
    expect(page).not.toContain("alert(1)");
  });
});

describe("every other error goes to the app, with its state and the issuer (RFC 9207)", () => {
  const cases: readonly (readonly [error: string, word: string, fields: Fields])[] = [
    ["invalid_request", "response_type", { response_type: undefined }],
    ["invalid_request", "response_type", { response_type: "" }],
    ["unsupported_response_type", "response_type", { response_type: "id_token" }],
    ["unsupported_response_type", "response_type", { response_type: "code token" }],
    ["unauthorized_client", "implicit", { response_type: "token" }],
    ["unauthorized_client", "implicit", { response_type: "token", response_mode: "web_page" }],
    ["invalid_request", "response_mode", { response_mode: "fragment" }],
    ["invalid_request", "response_mode", { response_mode: "web_page" }],
    ["invalid_request", "response_mode", { response_mode: "form_post" }],
    ["invalid_scope", "scope", { scope: undefined }],
    ["invalid_scope", "scope", { scope: "" }],
    ["invalid_scope", "scope", { scope: "news:read" }],
    ["invalid_scope", "scope", { scope: "profile:create" }],
    ["invalid_request", "code_challenge_method", { code_challenge: "x".repeat(43) }],
    [
      "invalid_request",
      "code_challenge_method",
      { code_challenge: "x".repeat(43), code_challenge_method: "plain" },
    ],
    ["invalid_request", "code_challenge", { code_challenge_method: "S256" }],
    ["invalid_request", "code_challenge", { code_challenge: "short", code_challenge_method: "S256" }],
  ];
  for (const [error, word, fields] of cases) {
    test(`${error} for ${JSON.stringify(fields).slice(0, 80)}`, async () => {
      const { at, answer } = await redirectOf(await open(queryFor(await newClient(shared()), fields)));
      expect(at).toBe(CALLBACK);
      expect(answer).toEqual({
        error,
        error_description: expect.stringContaining(word),
        state: "a b&c=d",
        iss: issuer(),
      });
    });
  }

  test("a parameter that is given twice is one, and a state that is is not sent back", async () => {
    const query = queryFor(await newClient(shared()));
    for (const more of ["scope=x", "response_type=code", "code_challenge=x&code_challenge=y"]) {
      const { answer } = await redirectOf(await open(`${query}&${more}`));
      expect(answer).toMatchObject({ error: "invalid_request", state: "a b&c=d" });
    }
    const { answer } = await redirectOf(await open(`${query}&state=other`));
    expect(answer).toEqual({
      error: "invalid_request",
      error_description: "state: expected it once",
      iss: issuer(),
    });
  });

  test("an app without a secret must send a challenge (RFC 9700 section 2.1.1)", async () => {
    const client = await newClient(shared(), { isPublic: true });
    const { answer } = await redirectOf(await open(queryFor(client)));
    expect(answer).toMatchObject({
      error: "invalid_request",
      error_description: expect.stringMatching(/PKCE/),
    });
    const { challenge } = newVerifier();
    const pkce = { code_challenge: challenge, code_challenge_method: "S256" };
    expect((await open(queryFor(client, pkce))).status).toBe(200);
  });

  test("in the fragment where a token was asked for", async () => {
    const client = await newClient(shared(), { implicit: true });
    const response = await open(queryFor(client, { response_type: "token", scope: "none" }));
    const location = response.headers.get("location") as string;
    expect(location).toStartWith(`${CALLBACK}#error=invalid_scope&`);
    expect(answerIn(location).get("iss")).toBe(issuer());
  });

  test("behind what its address has in the query already", async () => {
    const address = "https://app.example/callback?from=heartwire";
    const client = await newClient(shared(), { redirectUris: [address] });
    const response = await open(queryFor(client, { redirect_uri: address, scope: "none" }));
    expect(response.headers.get("location")).toStartWith(`${address}&error=invalid_scope&`);
  });

  test("parameters that nobody knows are ignored", async () => {
    const query = `${queryFor(await newClient(shared()))}&foo=1&foo=2&prompt=login`;
    expect((await open(query)).status).toBe(200);
  });
});

describe("the person's answer", () => {
  test("yes: a code, with state and iss", async () => {
    const { redirect_to } = await allow(
      shared(),
      await signIn(shared()),
      queryFor(await newClient(shared())),
    );
    expect(redirect_to).toStartWith(`${CALLBACK}?code=`);
    expect(Object.fromEntries(answerIn(redirect_to))).toEqual({
      code: expect.stringMatching(/^[0-9a-f-]{36}$/),
      state: "a b&c=d",
      iss: issuer(),
    });
    // Not every app reads a plus as a space.
    expect(redirect_to).toContain("state=a%20b%26c%3Dd");
  });

  test("no: access_denied, with state and iss, and nothing is granted", async () => {
    const [client, person] = [await newClient(shared()), await signIn(shared())];
    const response = await asPage(shared(), person, "/authorizations", {
      query: queryFor(client),
      allow: false,
    });
    const { redirect_to } = (await response.json()) as { redirect_to: string };
    expect(redirect_to).toStartWith(`${CALLBACK}?`);
    expect(Object.fromEntries(answerIn(redirect_to))).toEqual({
      error: "access_denied",
      error_description: "the person did not allow it",
      state: "a b&c=d",
      iss: issuer(),
    });
    const { directory } = shared().server.storage;
    const [entry] = await directory.trail.read(person.profile.id, 5);
    expect(entry).toMatchObject({ kind: "app_denied", details: { client_id: client.publicId } });
  });

  test("two servers at one app: each says its own name, so that an answer of one is not taken for the other's (mix-up)", async () => {
    await using other = await startTestServer({
      environment: { HEARTWIRE_PUBLIC_URL: "https://heart.example.org" },
    });
    const client = await newClient(other);
    const { redirect_to } = await allow(other, await signIn(other), queryFor(client));
    expect(answerIn(redirect_to).get("iss")).toBe("https://heart.example.org");
    expect(issuer()).not.toBe("https://heart.example.org");
  });

  test("less than the app asks for, never more", async () => {
    const [client, person] = [await newClient(shared(), { implicit: true }), await signIn(shared())];
    const query = queryFor(client, { response_type: "token" });
    const { redirect_to } = await allow(shared(), person, query, { scopes: ["data:heart_rate:read"] });
    const token = answerIn(redirect_to).get("access_token") as string;
    expect((await validated(shared(), token)).scopes).toEqual(["data:heart_rate:read"]);
    for (const scopes of [["profile:read"], ["data:heart_rate:read", "profile:read"], [], ["x"], "x"]) {
      const response = await asPage(shared(), person, "/authorizations", { query, allow: true, scopes });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error_message: expect.stringContaining("scopes") });
    }
  });

  test("what is wrong with a query is a 400 that names the parameter, with look and with the answer", async () => {
    const [client, person] = [await newClient(shared()), await signIn(shared())];
    const wrong: readonly (readonly [word: string, query: string])[] = [
      ["client_id", "client_id=x"],
      ["redirect_uri", queryFor(client, { redirect_uri: "https://evil.example/" })],
      ["scope", queryFor(client, { scope: "x" })],
      ["response_type", ""],
    ].map(([word = "", query = ""]) => [word, query || queryFor(client, { response_type: "x" })]);
    for (const [word, query] of wrong) {
      for (const path of ["/authorizations/look", "/authorizations"]) {
        const response = await asPage(shared(), person, path, { query, allow: true });
        expect(response.status).toBe(400);
        const { error_code, error_message } = (await response.json()) as Record<string, unknown>;
        expect({ error_code, error_message }).toEqual({
          error_code: 8001,
          error_message: expect.stringContaining(word),
        });
      }
    }
    for (const body of [{}, { query: 1, allow: true }, { query: "", allow: "yes" }, []]) {
      expect((await asPage(shared(), person, "/authorizations", body)).status).toBe(400);
    }
  });

  test("only a page of a signed-in person decides: no other token, and no cookie", async () => {
    const query = queryFor(await newClient(shared()));
    const other = await shared().token(["data:heart_rate:read", "profile:create"]);
    for (const path of ["/authorizations", "/authorizations/look"]) {
      const response = await asPage(shared(), { token: other }, path, { query, allow: true });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ error_code: 7011 });
      const page = await signIn(shared());
      const withCookie = await fetch(`${shared().origin}/api/heartwire/v1${path}`, {
        method: "POST",
        headers: { cookie: `heartwire.session_token=${page.token}`, origin: shared().origin },
        body: JSON.stringify({ query, allow: true }),
      });
      expect(withCookie.status).toBe(401);
    }
  });
});

test("a person who signs out while their answer is on the way has not answered", async () => {
  const [client, person] = [await newClient(shared()), await signIn(shared())];
  const { sessionTokens } = shared().server.context;
  const ended = Promise.withResolvers<void>();
  const seen = Promise.withResolvers<void>();
  const { find } = sessionTokens;
  sessionTokens.find = (token) => {
    if (token === person.token) seen.resolve();
    return find.call(sessionTokens, token);
  };
  const text = JSON.stringify({ query: queryFor(client), allow: true });
  const body = new ReadableStream({
    async start(controller) {
      controller.enqueue(Buffer.from(text.slice(0, -1)));
      await ended.promise;
      controller.enqueue(Buffer.from(text.slice(-1)));
      controller.close();
    },
  });
  const answer = fetch(`${shared().origin}/api/heartwire/v1/authorizations`, {
    method: "POST",
    headers: { authorization: `Bearer ${person.token}` },
    body,
  });
  await seen.promise;
  sessionTokens.end(person.sessionId);
  ended.resolve();
  expect((await answer).status).toBe(401);
  expect(await shared().server.storage.directory.trail.read(person.profile.id, 5)).toEqual([]);
});

describe("the implicit grant, where it is switched on", () => {
  test("answers in the fragment, in the order of the wire text, with a token for a year", async () => {
    const [client, person] = [await newClient(shared(), { implicit: true }), await signIn(shared())];
    const { redirect_to } = await allow(shared(), person, queryFor(client, { response_type: "token" }));
    const [at, fragment = ""] = redirect_to.split("#");
    expect(at).toBe(CALLBACK);
    expect(fragment.split("&").map((pair) => pair.split("=")[0])).toEqual([
      "token_type",
      "access_token",
      "expires_in",
      "scope",
      "state",
      "iss",
    ]);
    const answer = answerIn(redirect_to);
    expect(Object.fromEntries(answer)).toMatchObject({
      token_type: "bearer",
      expires_in: "31536000",
      scope: HEART_SCOPES,
      state: "a b&c=d",
    });
    const token = await validated(shared(), answer.get("access_token") as string);
    expect(token).toMatchObject({ status: 200, profile_id: person.profile.publicId });
  });

  test("web_page gives the token to the page, without an address and without a state", async () => {
    const [client, person] = [await newClient(shared(), { implicit: true }), await signIn(shared())];
    const shape = { response_type: "token", response_mode: "web_page" };
    for (const empty of [
      { redirect_uri: "", state: "" },
      { redirect_uri: undefined, state: undefined },
    ]) {
      const query = queryFor(client, { ...shape, ...empty });
      expect((await open(query)).status).toBe(200);
      const look = await asPage(shared(), person, "/authorizations/look", { query });
      expect(await look.json()).toMatchObject({
        redirect: { address: null, kind: "none" },
        response: "web_page",
        lifetime_seconds: 31_536_000,
        renews: false,
      });
      const answer = await allow(shared(), person, query);
      expect(answer).toEqual({
        access_token: expect.any(String),
        expires_in: 31_536_000,
        scope: HEART_SCOPES,
      } as never);
      expect((await validated(shared(), answer.access_token)).status).toBe(200);
      const denied = await asPage(shared(), person, "/authorizations", { query, allow: false });
      expect(await denied.json()).toEqual({ denied: true });
    }
  });

  test("an error of web_page is told on a page where the app has no address", async () => {
    const client = await newClient(shared(), { implicit: true });
    const query = { response_type: "token", response_mode: "web_page", redirect_uri: "", scope: "x" };
    await expectPage(await open(queryFor(client, query)), "scope");
  });

  test("a token is never answered in the query, whatever is asked", async () => {
    const client = await newClient(shared(), { implicit: true });
    const { answer } = await redirectOf(
      await open(queryFor(client, { response_type: "token", response_mode: "query" })),
    );
    expect(answer).toMatchObject({ error: "invalid_request" });
  });
});
