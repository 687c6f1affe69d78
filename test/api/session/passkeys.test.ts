import { describe, expect, setSystemTime, test } from "bun:test";
import { startTestServer } from "../../support/server.ts";
import { CHEAP_PASSWORDS, PageBrowser } from "../../support/session/browser.ts";
import { expectRefused } from "../../support/session/errors.ts";
import { addPasskey, newAccount, trailOf } from "../../support/session/people.ts";
import { type Ceremony, SoftAuthenticator } from "../../support/session/softAuthenticator.ts";
import { sharedServer } from "../../support/sharedServer.ts";

const shared = sharedServer({ passwordCost: CHEAP_PASSWORDS, limits: { senderAttemptsFree: 1_000 } });
const NO_CEREMONY = "response: expected the answer to a question of the last five minutes, from this browser";

const newBrowser = () => new PageBrowser(shared().origin);

async function ask(browser: PageBrowser, path: "passkey/options" | "passkey/new-options") {
  return (await (await browser.post(path)).json()) as { readonly challenge: string };
}

async function signIn(
  browser: PageBrowser,
  authenticator: SoftAuthenticator,
  ceremony: Ceremony = { origin: shared().origin },
): Promise<Response> {
  const response = authenticator.signIn(await ask(browser, "passkey/options"), ceremony);
  return browser.post("passkey/sign-in", { response });
}

describe("a passkey", () => {
  test("is added by whoever has just signed in, and signs them in without a name or a password", async () => {
    const { browser, email, name } = await newAccount(shared());
    const authenticator = await addPasskey(browser, shared().origin);
    const other = newBrowser();
    const response = await signIn(other, authenticator);
    expect({ status: response.status, body: await response.json() }).toEqual({
      status: 200,
      body: { person: { name, email } },
    });
    expect((await other.post("token")).status).toBe(200);
    expect((await trailOf(shared(), email)).slice(0, 2)).toEqual([
      { kind: "signed_in", details: { method: "passkey", address: "127.0.0.1" } },
      { kind: "passkey_added", details: { name: "a key", address: "127.0.0.1" } },
    ]);
  });

  test("is asked for so that its owner is: by PIN, finger or face", async () => {
    const { browser } = await newAccount(shared());
    const made = (await (await browser.post("passkey/new-options")).json()) as Record<string, unknown>;
    expect(made).toMatchObject({
      rp: { name: "Heartwire", id: new URL(shared().origin).hostname },
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
    });
    const asked = (await (await newBrowser().post("passkey/options")).json()) as Record<string, unknown>;
    expect(asked).toMatchObject({ userVerification: "required" });
    // Which passkeys somebody has is nobody's business who is not signed in, nor of a browser that is.
    expect(asked).not.toHaveProperty("allowCredentials");
    await addPasskey(browser, shared().origin);
    expect(await (await browser.post("passkey/options")).json()).not.toHaveProperty("allowCredentials");
  });

  test("takes a sign-in of the last ten minutes to be added", async () => {
    const { browser } = await newAccount(shared());
    const options = await ask(browser, "passkey/new-options");
    const response = new SoftAuthenticator().register(options, { origin: shared().origin });
    try {
      setSystemTime(Date.now() + 601_000);
      await expectRefused(await browser.post("passkey/new-options"), "stale");
      await expectRefused(await browser.post("passkey/new", { name: "x", response }), "stale");
    } finally {
      setSystemTime();
    }
    await expectRefused(await newBrowser().post("passkey/new-options"), "signedOut");
    await expectRefused(await newBrowser().post("passkey/new", { name: "x", response }), "signedOut");
  });

  test("is one of as many as the limit; one more is refused", async () => {
    const limits = { passkeysMax: 2 };
    await using server = await startTestServer({ passwordCost: CHEAP_PASSWORDS, limits });
    const { browser } = await newAccount(server);
    for (let count = 0; count < 2; count++) await addPasskey(browser, server.origin);
    const words = "this account has as many passkeys as it may; remove one first";
    await expectRefused(await browser.post("passkey/new-options"), "conflict", words);
  });
});

describe("a sign-in by passkey is refused", () => {
  test("when nobody here knows it", async () => {
    await expectRefused(await signIn(newBrowser(), new SoftAuthenticator()), "unknownPasskey");
  });

  test("when the key was merely touched: whoever finds it would be in", async () => {
    const { browser, email } = await newAccount(shared());
    const authenticator = await addPasskey(browser, shared().origin);
    const ceremony = { origin: shared().origin, isUserVerified: false };
    await expectRefused(await signIn(newBrowser(), authenticator, ceremony), "unknownPasskey");
    // Not waited for by the answer: the sign-in after it is behind it.
    expect((await signIn(newBrowser(), authenticator)).status).toBe(200);
    expect((await trailOf(shared(), email)).map(({ kind, details }) => [kind, details])).toContainEqual([
      "sign_in_failed",
      { method: "passkey", address: "127.0.0.1" },
    ]);
  });

  test("when it was made for another site that asked in our name (phishing)", async () => {
    const { browser } = await newAccount(shared());
    const authenticator = await addPasskey(browser, shared().origin);
    for (const origin of [
      "http://localhost",
      "https://evil.example",
      shared().origin.replace("http:", "https:"),
    ]) {
      await expectRefused(await signIn(newBrowser(), authenticator, { origin }), "unknownPasskey");
    }
  });

  test("when it answers the question of another browser, or one that was answered before", async () => {
    const { browser } = await newAccount(shared());
    const authenticator = await addPasskey(browser, shared().origin);
    const { origin } = shared();
    const [mine, theirs] = [newBrowser(), newBrowser()];
    const response = authenticator.signIn(await ask(mine, "passkey/options"), { origin });
    await expectRefused(await newBrowser().post("passkey/sign-in", { response }), "malformed", NO_CEREMONY);
    await ask(theirs, "passkey/options");
    await expectRefused(await theirs.post("passkey/sign-in", { response }), "unknownPasskey");
    const cookie = mine.cookie;
    expect((await mine.post("passkey/sign-in", { response })).status).toBe(200);
    const replay = newBrowser().post("passkey/sign-in", { response }, { cookie });
    await expectRefused(await replay, "malformed", NO_CEREMONY);
  });

  test("when it comes after more than five minutes", async () => {
    const { browser } = await newAccount(shared());
    const authenticator = await addPasskey(browser, shared().origin);
    const late = newBrowser();
    const response = authenticator.signIn(await ask(late, "passkey/options"), { origin: shared().origin });
    try {
      setSystemTime(Date.now() + 301_000);
      await expectRefused(await late.post("passkey/sign-in", { response }), "malformed", NO_CEREMONY);
    } finally {
      setSystemTime();
    }
  });

  test("when somebody else's key signs in the name of a passkey that is known", async () => {
    const { browser } = await newAccount(shared());
    const known = await addPasskey(browser, shared().origin);
    const stranger = newBrowser();
    const options = await ask(stranger, "passkey/options");
    const forged = new SoftAuthenticator().signIn(options, { origin: shared().origin });
    const response = { ...forged, id: known.credentialId, rawId: known.credentialId };
    await expectRefused(await stranger.post("passkey/sign-in", { response }), "unknownPasskey");
  });

  test("when the answer to adding one is shown in place of one to signing in, and the other way round", async () => {
    const { browser } = await newAccount(shared());
    const { origin } = shared();
    const authenticator = new SoftAuthenticator();
    const added = authenticator.register(await ask(browser, "passkey/new-options"), { origin });
    await expectRefused(await browser.post("passkey/sign-in", { response: added }), "malformed", NO_CEREMONY);
    const shown = authenticator.signIn(await ask(browser, "passkey/options"), { origin });
    await expectRefused(await browser.post("passkey/new", { name: "x", response: shown }), "malformed");
  });

  test("when it is nothing of the kind", async () => {
    const browser = newBrowser();
    await ask(browser, "passkey/options");
    for (const response of [{}, { id: 1 }, { id: "x", response: {} }]) {
      await ask(browser, "passkey/options");
      await expectRefused(await browser.post("passkey/sign-in", { response }), "unknownPasskey");
    }
    const words = "response: expected what the authenticator answered";
    await expectRefused(await browser.post("passkey/sign-in", { response: "x" }), "malformed", words);
  });
});

describe("a passkey is not added", () => {
  test("when nobody unlocked it, when another site asked, or when it answers somebody else's question", async () => {
    const { browser } = await newAccount(shared());
    const { browser: other } = await newAccount(shared());
    const { origin } = shared();
    const authenticator = new SoftAuthenticator();
    const touched = authenticator.register(await ask(browser, "passkey/new-options"), {
      origin,
      isUserVerified: false,
    });
    await expectRefused(await browser.post("passkey/new", { name: "x", response: touched }), "malformed");
    const phished = authenticator.register(await ask(browser, "passkey/new-options"), {
      origin: "https://evil.example",
    });
    await expectRefused(await browser.post("passkey/new", { name: "x", response: phished }), "malformed");
    const options = await ask(browser, "passkey/new-options");
    const theirs = authenticator.register(options, { origin });
    const challenge = browser.cookies.get("heartwire.passkey_challenge") as string;
    other.cookies.set("heartwire.passkey_challenge", challenge);
    await expectRefused(await other.post("passkey/new", { name: "x", response: theirs }), "malformed");
  });

  test("without a name that can be seen", async () => {
    const { browser } = await newAccount(shared());
    const response = new SoftAuthenticator().register(await ask(browser, "passkey/new-options"), {
      origin: shared().origin,
    });
    for (const name of ["", " ", "x".repeat(101), undefined]) {
      const words = "name: expected a name of 1 to 100 visible characters";
      await expectRefused(await browser.post("passkey/new", { name, response }), "malformed", words);
    }
  });
});
