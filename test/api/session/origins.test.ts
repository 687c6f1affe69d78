import { afterAll, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { writeCertificate } from "../../support/certificateFiles.ts";
import { startTestServer, throwAwayFolder } from "../../support/server.ts";
import { CHEAP_PASSWORDS, PASSWORD, PageBrowser } from "../../support/session/browser.ts";
import { expectRefused } from "../../support/session/errors.ts";
import { newAccount } from "../../support/session/people.ts";

/** Where somebody may sign in, and how the cookie is called there. */
const folder = throwAwayFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const REASON =
  "signing in takes https here: passwords and cookies would cross the network in the clear. Open this server by https, or as http://localhost on its own machine";

/** As somebody who reaches a server under another name than it listens on. */
const under = (realOrigin: string, origin: string) =>
  new PageBrowser(origin, (url, init) =>
    fetch(url.replace(origin, realOrigin), {
      ...init,
      headers: { ...Object.fromEntries(new Headers(init.headers)), host: new URL(origin).host },
    }),
  );

describe("over https", () => {
  test("the cookie is one that no other host and no plain http can set or read", async () => {
    const { environment, authority } = await writeCertificate(folder, ["localhost"]);
    await using server = await startTestServer({
      passwordCost: CHEAP_PASSWORDS,
      environment: { ...environment, HEARTWIRE_TLS_PORT: "0" },
    });
    const origin = server.server.secureUrl?.origin as string;
    const tls = { ca: authority };
    const secure = new PageBrowser(origin, (url, init) => fetch(url, { ...init, tls }));
    const { email } = await newAccount(server);
    const response = await secure.post("sign-in", { email, password: PASSWORD });
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Host-heartwire\.session_token=[^;]+; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ]);
    expect((await secure.post("token")).status).toBe(200);

    // What a page over plain http could plant is not looked at.
    const planted = new PageBrowser(origin, (url, init) => fetch(url, { ...init, tls }));
    const plain = new PageBrowser(server.origin);
    await plain.post("sign-in", { email, password: PASSWORD });
    planted.cookies.set("heartwire.session_token", plain.cookies.get("heartwire.session_token") as string);
    await expectRefused(await planted.post("token"), "signedOut");
  });

  test("before a proxy the public address counts, whatever the connection behind it is", async () => {
    await using server = await startTestServer({
      passwordCost: CHEAP_PASSWORDS,
      environment: { HEARTWIRE_PUBLIC_URL: "https://heart.example.org" },
    });
    const outside = under(server.origin, "https://heart.example.org");
    const { browser } = await newAccount(server, outside);
    expect([...browser.cookies.keys()]).toEqual(["__Host-heartwire.session_token"]);
    await expectRefused(await new PageBrowser(server.origin).post("token"), "otherOrigin");
  });
});

describe("over plain http from elsewhere", () => {
  test("every route of signing in is refused with the reason, and the page can know it before", async () => {
    await using server = await startTestServer({
      passwordCost: CHEAP_PASSWORDS,
      environment: { HEARTWIRE_ALLOWED_HOSTS: "nas.local" },
    });
    const { port } = new URL(server.origin);
    const browser = under(server.origin, `http://nas.local:${port}`);
    for (const path of ["sign-in", "sign-up", "token", "sign-out", "passkey/options", "reset", "outside"]) {
      await expectRefused(await browser.post(path, {}), "insecure", REASON);
    }
    const callback = await browser.send("GET", "/session/outside/callback?code=x&state=y");
    await expectRefused(callback, "insecure", REASON);
    expect(await (await browser.send("GET", "/session/ways")).json()).toMatchObject({
      can_sign_in: false,
      reason: REASON,
    });
  });

  test("a name that only looks like this machine's is elsewhere", async () => {
    await using server = await startTestServer({
      environment: { HEARTWIRE_ALLOWED_HOSTS: "localhost.example.org,127.0.0.2" },
    });
    for (const host of ["localhost.example.org", "127.0.0.2"]) {
      const browser = under(server.origin, `http://${host}`);
      await expectRefused(await browser.post("sign-in", {}), "insecure", REASON);
    }
  });
});

test("under Pulsoid's hosts nobody signs in, and no cookie is read or set", async () => {
  await using server = await startTestServer({
    passwordCost: CHEAP_PASSWORDS,
    environment: { HEARTWIRE_ALLOWED_HOSTS: "dev.pulsoid.net" },
  });
  const { email } = await newAccount(server);
  const browser = under(server.origin, "http://dev.pulsoid.net");
  await expectRefused(await browser.post("sign-in", { email, password: PASSWORD }), "notFound");
});

test("the ways in say what the operator has set", async () => {
  for (const mode of ["open", "invitation", "closed"]) {
    await using server = await startTestServer({ environment: { HEARTWIRE_SIGN_UP: mode } });
    const response = await new PageBrowser(server.origin).send("GET", "/session/ways");
    expect(await response.json()).toEqual({
      sign_up: mode,
      outside: null,
      can_sign_in: true,
      reason: null,
    });
  }
});
