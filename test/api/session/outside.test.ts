import { afterAll, beforeAll, describe, expect, setSystemTime, test } from "bun:test";
import { isOwnPath } from "../../../src/api/session/outside.ts";
import { freePort } from "../../support/freePort.ts";
import { startTestServer, type TestServer } from "../../support/server.ts";
import { CHEAP_PASSWORDS, PASSWORD, PageBrowser } from "../../support/session/browser.ts";
import { expectRefused } from "../../support/session/errors.ts";
import { OutsideProviderProcess } from "../../support/session/outsideProvider.ts";
import { makeLink, newAccount, trailOf } from "../../support/session/people.ts";

/** Signing in by a real OpenID provider in a process of its own. */
let provider: OutsideProviderProcess;
let server: TestServer;
let other: TestServer;
const port = freePort();

beforeAll(async () => {
  provider = await OutsideProviderProcess.start(`http://127.0.0.1:${port}`);
  server = await startTestServer({
    passwordCost: CHEAP_PASSWORDS,
    limits: { codeAttemptsFree: 1_000 },
    environment: { HEARTWIRE_PORT: String(port), ...provider.environment },
  });
  other = await startTestServer({ passwordCost: CHEAP_PASSWORDS });
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await other?.[Symbol.asyncDispose]();
  await provider?.[Symbol.asyncDispose]();
});

const newBrowser = () => new PageBrowser(server.origin);
const newSubject = () => crypto.randomUUID().slice(0, 8);
const accountOf = (subject: string, email = `${subject}@works.example`) => `${subject},${email}`;

async function begin(browser: PageBrowser, body: object = {}): Promise<string> {
  const response = await browser.post("outside", body);
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  return ((await response.json()) as { readonly url: string }).url;
}

/** Follows the provider's way back. @returns where the browser is led to */
async function comeBack(browser: PageBrowser, address: string): Promise<string | null> {
  const response = await browser.send("GET", address.slice(server.origin.length), {
    headers: { origin: null, "sec-fetch-site": "cross-site", "content-type": null },
  });
  expect(response.status).toBe(302);
  return response.headers.get("location");
}

async function signIn(browser: PageBrowser, account: string, body: object = {}): Promise<string | null> {
  return comeBack(browser, await provider.visit(await begin(browser, body), account));
}

/** Makes an account by an invitation and the provider. */
async function newOutsideAccount(subject = newSubject()) {
  const browser = newBrowser();
  const code = await makeLink(server, "invitation");
  expect(await signIn(browser, accountOf(subject), { code })).toBe("/account");
  return { browser, subject, email: `${subject}@works.example` };
}

describe("by the outside provider", () => {
  test("the page offers what the operator called it", async () => {
    const response = await newBrowser().send("GET", "/session/ways");
    expect(await response.json()).toMatchObject({ outside: { name: "Example Works" } });
  });

  test("the browser is sent there with state, nonce and PKCE, and what it keeps says nothing of them", async () => {
    const browser = newBrowser();
    const { searchParams } = new URL(await begin(browser));
    for (const name of ["state", "nonce", "code_challenge"]) {
      expect(searchParams.get(name)?.length).toBeGreaterThanOrEqual(32);
    }
    expect(searchParams.get("code_challenge_method")).toBe("S256");
    expect(searchParams.get("redirect_uri")).toBe(`${server.origin}/session/outside/callback`);
    expect([...browser.cookies.keys()]).toEqual(["heartwire.oauth_state"]);
    expect(decodeURIComponent(browser.cookie)).not.toContain(searchParams.get("state") as string);
  });

  test("somebody new makes an account by an invitation, which is used up, and comes back as themselves", async () => {
    const { subject, email, browser } = await newOutsideAccount();
    expect(await (await browser.post("token")).json()).toMatchObject({ person: { name: subject, email } });
    const again = newBrowser();
    expect(await signIn(again, accountOf(subject), { continue: "/apps?x=1#y" })).toBe("/apps?x=1#y");
    expect(await (await again.post("token")).json()).toMatchObject({ person: { name: subject, email } });
    expect((await trailOf(server, email)).map(({ kind, details }) => [kind, details])).toEqual([
      ["signed_in", { method: "outside", address: "127.0.0.1" }],
      ["signed_in", { method: "outside", address: "127.0.0.1" }],
      ["account_made", { address: "127.0.0.1", by: "invitation" }],
    ]);
  });

  test("a name that turns the line or moves a cursor is kept without what does", async () => {
    const word = newSubject();
    const subject = `\u001b[2J\u202e${word}\nx`;
    const code = await makeLink(server, "invitation");
    const browser = newBrowser();
    await signIn(browser, accountOf(subject, `${newSubject()}@works.example`), { code });
    expect(await (await browser.post("token")).json()).toMatchObject({ person: { name: `[2J${word}x` } });
  });

  test("a claim link gives the user of the command line to whoever comes back with it", async () => {
    const { directory } = server.server.storage;
    const subject = newSubject();
    const profile = await directory.createProfile(`of ${subject}`, Date.now() as never);
    const code = await makeLink(server, "claim", { profile: profile.id });
    await signIn(newBrowser(), accountOf(subject), { code });
    expect(await directory.people.findByProfile(profile.id)).toMatchObject({ name: subject });
  });

  test("the session of before ends, also one that was planted", async () => {
    const planted = await newAccount(server);
    const { subject } = await newOutsideAccount();
    const browser = newBrowser();
    const cookie = planted.browser.cookies.get("heartwire.session_token") as string;
    browser.cookies.set("heartwire.session_token", cookie);
    expect(await signIn(browser, accountOf(subject))).toBe("/account");
    expect(browser.cookies.get("heartwire.session_token")).not.toBe(cookie);
    await expectRefused(await planted.browser.post("token"), "signedOut");
  });

  test("its tokens are not kept, neither of a sign-in nor of a link", async () => {
    const { browser, subject } = await newOutsideAccount();
    await signIn(browser, accountOf(subject));
    const linked = await newAccount(server);
    await signIn(linked.browser, accountOf(newSubject()), { link: true });
    const rows = await server.server.storage.directory.people.database.db
      .selectFrom("sign_in_method")
      .select(["access_token", "refresh_token", "id_token"])
      .where("provider_id", "=", "outside")
      .execute();
    expect(rows.length).toBeGreaterThan(1);
    for (const row of rows) expect(row).toEqual({ access_token: null, refresh_token: null, id_token: null });
  });
});

describe("nobody gets an account, or into one, by the outside provider", () => {
  test("who is new and has no invitation, or one that is used or over", async () => {
    const browser = newBrowser();
    expect(await signIn(browser, accountOf(newSubject()))).toBe("/sign-in#invitation_needed");
    await expectRefused(await browser.post("token"), "signedOut");
    const code = await makeLink(server, "invitation");
    const late = await begin(browser, { code });
    await signIn(newBrowser(), accountOf(newSubject()), { code });
    expect(await comeBack(browser, await provider.visit(late, accountOf(newSubject())))).toBe(
      "/sign-in#link_over",
    );
    await expectRefused(await browser.post("outside", { code }), "signUp");
    const over = await makeLink(server, "invitation", { expiresAt: Date.now() - 1 });
    await expectRefused(await browser.post("outside", { code: over }), "signUp");
  });

  test("whose address at the provider is that of an account here: only its owner can link it", async () => {
    const { email, browser: owner } = await newAccount(server);
    const thief = newBrowser();
    const code = await makeLink(server, "invitation");
    expect(await signIn(thief, accountOf(newSubject(), email), { code })).toBe("/sign-in#address_taken");
    await expectRefused(await thief.post("token"), "signedOut");
    expect((await trailOf(server, email)).map(({ kind }) => kind)).not.toContain("outside_sign_in_linked");
    // The invitation is not used up, and the owner links what is theirs.
    expect(await (await thief.post("link", { code })).json()).toMatchObject({ kind: "invitation" });
    const subject = newSubject();
    const link = { link: true, continue: "/account" };
    expect(await signIn(owner, accountOf(subject, `${subject}@elsewhere.example`), link)).toBe("/account");
    const back = newBrowser();
    await signIn(back, accountOf(subject, `${subject}@elsewhere.example`));
    expect(await (await back.post("token")).json()).toMatchObject({ person: { email } });
    expect((await trailOf(server, email)).map(({ kind, details }) => [kind, details])).toContainEqual([
      "outside_sign_in_linked",
      { name: "Example Works" },
    ]);
  });

  test("who links what is somebody else's already", async () => {
    const { subject } = await newOutsideAccount();
    const { browser } = await newAccount(server);
    const where = await signIn(browser, accountOf(subject), { link: true });
    expect(where).toBe("/account#linked_elsewhere");
  });

  test("who links without having signed in within ten minutes", async () => {
    await expectRefused(await newBrowser().post("outside", { link: true }), "signedOut");
    const { browser } = await newAccount(server);
    try {
      setSystemTime(Date.now() + 601_000);
      await expectRefused(await browser.post("outside", { link: true }), "stale");
    } finally {
      setSystemTime();
    }
  });

  test("whom the provider gives no address", async () => {
    const code = await makeLink(server, "invitation");
    expect(await signIn(newBrowser(), newSubject(), { code })).toBe("/sign-in#no_address");
  });

  test("who refuses at the provider", async () => {
    expect(await signIn(newBrowser(), "")).toBe("/sign-in#denied");
  });
});

describe("what comes back is refused", () => {
  test("in another browser than the one that set out (login CSRF)", async () => {
    const { subject } = await newOutsideAccount();
    const attacker = newBrowser();
    const address = await provider.visit(await begin(attacker), accountOf(subject));
    const victim = newBrowser();
    expect(await comeBack(victim, address)).toBe("/sign-in#begin_again");
    await begin(victim);
    expect(await comeBack(victim, address)).toBe("/sign-in#begin_again");
    await expectRefused(await victim.post("token"), "signedOut");
  });

  test("with another state, none, or a second time", async () => {
    const { subject } = await newOutsideAccount();
    const browser = newBrowser();
    const address = new URL(await provider.visit(await begin(browser), accountOf(subject)));
    const changed = new URL(address);
    changed.searchParams.set("state", "x".repeat(32));
    expect(await comeBack(browser, changed.href)).toBe("/sign-in#begin_again");
    changed.searchParams.delete("state");
    expect(await comeBack(browser, changed.href)).toBe("/sign-in#begin_again");
    expect(await comeBack(browser, address.href)).toBe("/account");
    await browser.post("sign-out");
    expect(await comeBack(browser, address.href)).toBe("/sign-in#begin_again");
  });

  test("with a code that the provider gave for another sign-in (code injection): PKCE and nonce say so", async () => {
    const { subject } = await newOutsideAccount();
    const stolen = new URL(await provider.visit(await begin(newBrowser()), accountOf(subject)));
    const thief = newBrowser();
    const own = new URL(await provider.visit(await begin(thief), accountOf(newSubject())));
    own.searchParams.set("code", stolen.searchParams.get("code") as string);
    expect(await comeBack(thief, own.href)).toBe("/sign-in#failed");
    await expectRefused(await thief.post("token"), "signedOut");
  });

  test("from an issuer that is not the one that was asked (mix-up, RFC 9207)", async () => {
    const { subject } = await newOutsideAccount();
    const browser = newBrowser();
    const address = new URL(await provider.visit(await begin(browser), accountOf(subject)));
    expect(address.searchParams.get("iss")).toBe(provider.issuer);
    address.searchParams.set("iss", "https://evil.example");
    expect(await comeBack(browser, address.href)).toBe("/sign-in#failed");
  });

  test("without an id token, or with userinfo that speaks of somebody else (OpenID Connect Core section 5.3.2)", async () => {
    const { subject } = await newOutsideAccount();
    for (const kind of ["bare", "swapped"]) {
      const browser = newBrowser();
      expect(await signIn(browser, accountOf(`${kind}-${subject}`, `${subject}@works.example`))).toBe(
        "/sign-in#failed",
      );
      await expectRefused(await browser.post("token"), "signedOut");
    }
  });

  test("after ten minutes", async () => {
    const { subject } = await newOutsideAccount();
    const browser = newBrowser();
    const address = await provider.visit(await begin(browser), accountOf(subject));
    try {
      setSystemTime(Date.now() + 601_000);
      expect(await comeBack(browser, address)).toBe("/sign-in#begin_again");
    } finally {
      setSystemTime();
    }
  });
});

describe("afterwards the browser goes on with a path of this server alone (open redirect)", () => {
  const elsewhere = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "javascript:alert(1)",
    "account",
    "",
    " /account",
    "/..//evil.example",
    "/.//evil.example",
    "/session/sign-out",
    "/x/../session/outside/callback",
  ];
  for (const path of elsewhere) {
    test(`not ${JSON.stringify(path)}`, async () => {
      expect(isOwnPath(path)).toBe(false);
      const words = "continue: expected a path of this server, such as /account";
      await expectRefused(await newBrowser().post("outside", { continue: path }), "malformed", words);
    });
  }

  for (const path of [
    "/",
    "/account",
    "/oauth2/authorize?response_type=code&redirect_uri=https%3A%2F%2Fa.example",
    "/apps#x",
  ]) {
    test(`${path} is one`, () => {
      expect(isOwnPath(path)).toBe(true);
    });
  }
});

describe("a provider that", () => {
  test("is not there is none", async () => {
    const browser = new PageBrowser(other.origin);
    await expectRefused(await browser.post("outside"), "malformed");
    await expectRefused(await browser.post("outside", {}), "notFound", "this server has no outside provider");
    const callback = await browser.send("GET", "/session/outside/callback?code=x&state=y");
    expect(callback.headers.get("location")).toBe("/sign-in#not_offered");
  });

  test("does not answer is in nobody's way who signs in by password, and is asked anew each time", async () => {
    const lonely = freePort();
    await using server = await startTestServer({
      passwordCost: CHEAP_PASSWORDS,
      environment: { ...provider.environment, HEARTWIRE_OIDC_ISSUER: `http://127.0.0.1:${lonely}` },
    });
    const { email } = await newAccount(server);
    const browser = new PageBrowser(server.origin);
    const words =
      "the outside provider does not answer as it should; try again later, or sign in another way";
    await expectRefused(await browser.post("outside", {}), "busy", words);
    expect((await browser.post("sign-in", { email, password: PASSWORD })).status).toBe(200);
    const paths: string[] = [];
    using late = Bun.serve({
      port: lonely,
      hostname: "127.0.0.1",
      fetch: ({ url }) => {
        paths.push(new URL(url).pathname);
        return Response.json({ issuer: "https://somebody.else.example", authorization_endpoint: url });
      },
    });
    await expectRefused(await browser.post("outside", {}), "busy", words);
    expect({ paths, port: late.port }).toEqual({
      paths: ["/.well-known/openid-configuration"],
      port: lonely,
    });
  });
});
