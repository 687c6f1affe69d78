import { afterEach, describe, expect, setSystemTime, spyOn, test } from "bun:test";
import { bearer, VALIDATE_PATH } from "../../support/requests.ts";
import { startTestServer } from "../../support/server.ts";
import { CHEAP_PASSWORDS, PASSWORD, PageBrowser } from "../../support/session/browser.ts";
import { expectRefused } from "../../support/session/errors.ts";
import { newAccount, pageToken, trailOf } from "../../support/session/people.ts";
import { sharedServer } from "../../support/sharedServer.ts";

const shared = sharedServer({ passwordCost: CHEAP_PASSWORDS });
const DAY_MS = 86_400_000;
const COOKIE = "heartwire.session_token";

afterEach(() => {
  setSystemTime();
});

const signIn = (browser: PageBrowser, email: string, password = PASSWORD) =>
  browser.post("sign-in", { email, password });

describe("signing in", () => {
  test("answers who it is, and puts a session into a cookie that no script and no other site can use", async () => {
    const { email, name } = await newAccount(shared());
    const response = await signIn(new PageBrowser(shared().origin), email.toUpperCase());
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ person: { name, email } });
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.has("access-control-allow-origin")).toBe(false);
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^heartwire\.session_token=[^;]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/,
      ),
    ]);
  });

  test("stands in the trail with how and from where", async () => {
    const { email } = await newAccount(shared());
    expect(await trailOf(shared(), email)).toEqual([
      { kind: "signed_in", details: { method: "password", address: "127.0.0.1" } },
      { kind: "account_made", details: { address: "127.0.0.1", by: "invitation" } },
    ]);
  });

  test("makes a session of its own each time, and the browser's old one ends", async () => {
    const { browser, email } = await newAccount(shared());
    const before = browser.cookies.get(COOKIE) as string;
    const token = await pageToken(browser);
    await signIn(browser, email);
    expect(browser.cookies.get(COOKIE)).not.toBe(before);
    const old = new PageBrowser(shared().origin);
    old.cookies.set(COOKIE, before);
    await expectRefused(await old.post("token"), "signedOut");
    const validated = await fetch(`${shared().origin}${VALIDATE_PATH}`, { headers: bearer(token) });
    expect(validated.status).toBe(401);
  });

  test("never takes over a session that somebody put into the browser before (session fixation)", async () => {
    const attacker = await newAccount(shared());
    const planted = attacker.browser.cookies.get(COOKIE) as string;
    const victim = await newAccount(shared());
    const browser = new PageBrowser(shared().origin);
    for (const value of [planted, "made-up.c2lnbmF0dXJl", "made-up"]) {
      browser.cookies.set(COOKIE, value);
      expect((await signIn(browser, victim.email)).status).toBe(200);
      expect(browser.cookies.get(COOKIE)).not.toContain(value.split(".")[0] as string);
    }
    await expectRefused(await attacker.browser.post("token"), "signedOut");
  });

  test("by a cookie that was not signed here is nothing", async () => {
    const { browser } = await newAccount(shared());
    const [token = ""] = decodeURIComponent(browser.cookies.get(COOKIE) as string).split(".");
    for (const value of [token, `${token}.`, `${token}.${btoa("x".repeat(32))}`, "", "%"]) {
      const forged = new PageBrowser(shared().origin);
      forged.cookies.set(COOKIE, value);
      await expectRefused(await forged.post("token"), "signedOut");
    }
  });

  test("over plain http on this machine works under each of its names, for that name alone", async () => {
    const { email } = await newAccount(shared());
    const { port } = new URL(shared().origin);
    const browser = new PageBrowser(`http://localhost:${port}`);
    expect((await signIn(browser, email)).status).toBe(200);
    expect((await browser.post("token")).status).toBe(200);
  });
});

describe("a session", () => {
  test("holds for thirty days from its last use, which counts once a day", async () => {
    const start = Date.now();
    const { browser } = await newAccount(shared());
    const useAt = async (days: number) => {
      setSystemTime(start + days * DAY_MS);
      const response = await browser.post("token");
      return { status: response.status, isRenewed: response.headers.getSetCookie().length > 0 };
    };
    expect(await useAt(0.9)).toEqual({ status: 200, isRenewed: false });
    expect(await useAt(1.1)).toEqual({ status: 200, isRenewed: true });
    expect(await useAt(1.2)).toEqual({ status: 200, isRenewed: false });
    expect(await useAt(31)).toEqual({ status: 200, isRenewed: true });
    expect(await useAt(62)).toEqual({ status: 401, isRenewed: false });
    setSystemTime(start + 61 * DAY_MS - 60_000);
    await expectRefused(await browser.post("token"), "signedOut");
  });

  test("that is over is cleared away when the next person signs in", async () => {
    const { people } = shared().server.storage.directory;
    const start = Date.now();
    await newAccount(shared());
    setSystemTime(start + 40 * DAY_MS);
    await newAccount(shared());
    const rows = await people.database.db.selectFrom("sign_in_session").select("expires_at").execute();
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every(({ expires_at }) => Date.parse(expires_at) > Date.now())).toBe(true);
  });

  test("that is used in its last minute is lengthened first: its page's token does not outlive it", async () => {
    const start = Date.now();
    const { browser } = await newAccount(shared());
    setSystemTime(start + 30 * DAY_MS - 60_000);
    const answer = (await (await browser.post("token")).json()) as { readonly access_token: string };
    expect(answer).toMatchObject({ expires_in: 600 });
    setSystemTime(start + 30 * DAY_MS + 60_000);
    const headers = bearer(answer.access_token);
    expect((await fetch(`${shared().origin}${VALIDATE_PATH}`, { headers })).status).toBe(200);
  });

  test("in as many browsers as the limit holds; one more ends the oldest", async () => {
    const limits = { signInSessionsMax: 2 };
    await using server = await startTestServer({ passwordCost: CHEAP_PASSWORDS, limits });
    const { browser: first, email } = await newAccount(server);
    const [second, third] = [new PageBrowser(server.origin), new PageBrowser(server.origin)];
    await signIn(second, email);
    for (const browser of [first, second]) expect((await browser.post("token")).status).toBe(200);
    await signIn(third, email);
    await expectRefused(await first.post("token"), "signedOut");
    for (const browser of [second, third]) expect((await browser.post("token")).status).toBe(200);
  });
});

describe("a page's token", () => {
  test("is traded for the cookie, and says whose it is", async () => {
    const { browser, email, name } = await newAccount(shared());
    const before = Date.now();
    const answer = (await (await browser.post("token")).json()) as Record<string, unknown>;
    const profile = (await shared().server.storage.directory.people.findByEmail(email))?.profile;
    expect(answer).toEqual({
      access_token: expect.stringMatching(/^[0-9a-f-]{36}$/),
      expires_in: 600,
      person: { name, email },
      profile_id: profile?.publicId,
      signed_in_at: expect.any(Number),
    });
    expect(Math.abs((answer.signed_in_at as number) - before)).toBeLessThan(10_000);
  });

  test("opens the API, which the cookie itself does not", async () => {
    const { browser } = await newAccount(shared());
    const token = await pageToken(browser);
    const path = "/api/v1/profile";
    expect((await browser.send("GET", path)).status).toBe(401);
    expect((await browser.send("GET", path, { headers: bearer(token) })).status).toBe(200);
    const socket = await browser.send("GET", "/api/v1/data/real_time", {
      headers: {
        upgrade: "websocket",
        connection: "Upgrade",
        "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      },
    });
    expect(socket.status).toBe(401);
  });

  test("is refused to whoever is not signed in", async () => {
    await expectRefused(await new PageBrowser(shared().origin).post("token"), "signedOut");
  });
});

describe("signing out", () => {
  test("ends the session, takes the cookie away and stands in the trail", async () => {
    const { browser, email } = await newAccount(shared());
    const value = browser.cookies.get(COOKIE) as string;
    const response = await browser.post("sign-out");
    expect(response.status).toBe(204);
    expect(browser.cookies.size).toBe(0);
    browser.cookies.set(COOKIE, value);
    await expectRefused(await browser.post("token"), "signedOut");
    expect((await trailOf(shared(), email))[0]).toEqual({
      kind: "signed_out",
      details: { address: "127.0.0.1" },
    });
  });

  test("leaves the person's other browsers alone", async () => {
    const { browser, email } = await newAccount(shared());
    const other = new PageBrowser(shared().origin);
    await signIn(other, email);
    await browser.post("sign-out");
    expect((await other.post("token")).status).toBe(200);
  });

  test("of nobody is done at once", async () => {
    expect((await new PageBrowser(shared().origin).post("sign-out")).status).toBe(204);
  });
});

test("what somebody sends to sign in is refused with the field, and what was expected", async () => {
  const browser = new PageBrowser(shared().origin);
  for (const [body, message] of [
    ["", "body: expected a JSON object, got nothing"],
    ["{", "body: expected JSON"],
    [[], "body: expected a JSON object"],
    [{ email: "anna", password: PASSWORD }, "email: expected an e-mail address"],
    [{ email: `${"a".repeat(250)}@example.org`, password: PASSWORD }, "email: expected an e-mail address"],
    [{ email: "a@example.org" }, "password: expected a password of at most 128 characters"],
    [
      { email: "a@example.org", password: "x".repeat(129) },
      "password: expected a password of at most 128 characters",
    ],
  ] as const) {
    await expectRefused(await browser.post("sign-in", body), "malformed", message);
  }
});

test("how many addresses of the server are kept ready is limited; one more is served all the same", async () => {
  const limits = { accountOriginsMax: 1 };
  await using server = await startTestServer({ passwordCost: CHEAP_PASSWORDS, limits });
  const { port } = new URL(server.origin);
  const { browser, email } = await newAccount(server);
  const other = new PageBrowser(`http://localhost:${port}`);
  expect((await signIn(other, email)).status).toBe(200);
  for (const one of [browser, other, browser]) expect((await one.post("token")).status).toBe(200);
});

test("cookies under ports that are none make the server no work: whose they are is asked of what is ready", async () => {
  await using server = await startTestServer({ passwordCost: CHEAP_PASSWORDS });
  const { browser } = await newAccount(server);
  const ask = (port: number, cookie: string) => {
    const host = `localhost:${port}`;
    const headers = { host, origin: `http://${host}`, "content-type": "application/json", cookie };
    return fetch(`${server.origin}/session/token`, { method: "POST", headers });
  };
  const at = spyOn(server.server.context.accounts, "at");
  for (let port = 40_000; port < 40_020; port++) {
    expect((await ask(port, `${COOKIE}=made.up`)).status).toBe(401);
  }
  expect((await ask(40_020, browser.cookie)).status).toBe(200);
  expect(at).not.toHaveBeenCalled();
});
