import { describe, expect, test } from "bun:test";
import { ROUTES } from "../../../src/api/routes.ts";
import { CHEAP_PASSWORDS, PASSWORD, PageBrowser } from "../../support/session/browser.ts";
import { expectRefused } from "../../support/session/errors.ts";
import { newAccount } from "../../support/session/people.ts";
import { sharedServer } from "../../support/sharedServer.ts";

/** What pages of other sites can make a browser send, and why none of it does anything. */
const shared = sharedServer({ passwordCost: CHEAP_PASSWORDS });

const POSTS = ROUTES.filter(({ path, methods }) => path.startsWith("/session/") && methods.POST).map(
  ({ path }) => path.slice("/session/".length),
);

const ATTACKS: readonly (readonly [string, Readonly<Record<string, string | null>>])[] = [
  ["a page of another site", { origin: "https://evil.example", "sec-fetch-site": "cross-site" }],
  ["a page of another port of this machine", { origin: "http://127.0.0.1:1", "sec-fetch-site": "same-site" }],
  ["a sandboxed frame", { origin: "null", "sec-fetch-site": "cross-site" }],
  ["something that names no origin", { origin: null, "sec-fetch-site": null }],
  ["a browser that says cross-site whatever the origin", { "sec-fetch-site": "cross-site" }],
  ["a sibling host", { "sec-fetch-site": "same-site" }],
  ["a link or an address that was typed", { "sec-fetch-site": "none" }],
  ["a form that disguises itself as JSON", { "content-type": "text/plain" }],
  ["a plain form", { "content-type": "application/x-www-form-urlencoded" }],
  ["a beacon without a type", { "content-type": null }],
  ["an old browser's page by plain http", { origin: "https://127.0.0.1" }],
];

test("every POST of signing in is among those that are attacked here", () => {
  expect(POSTS.sort()).toEqual([
    "link",
    "outside",
    "passkey/new",
    "passkey/new-options",
    "passkey/options",
    "passkey/sign-in",
    "password",
    "reset",
    "sign-in",
    "sign-out",
    "sign-up",
    "token",
  ]);
});

describe.each(ATTACKS.map(([who, headers]) => [who, headers] as const))("%s", (_, headers) => {
  test("gets nothing done by any POST of signing in, with the victim's cookies or without", async () => {
    const { browser, email } = await newAccount(shared());
    for (const attacked of [browser, new PageBrowser(shared().origin)]) {
      for (const path of POSTS) {
        const body = { email, password: PASSWORD, name: "x", code: "x", response: {}, current: PASSWORD };
        await expectRefused(await attacked.post(path, body, headers), "otherOrigin");
      }
    }
    // Still signed in, with the password of before.
    expect((await browser.post("token")).status).toBe(200);
    expect((await browser.post("sign-in", { email, password: PASSWORD })).status).toBe(200);
  });
});

test("nobody is signed in as somebody else by a form on another site (login CSRF)", async () => {
  const { email } = await newAccount(shared());
  const body = `{"email":"${email}","password":"${PASSWORD}","x":"="}`;
  const victim = new PageBrowser(shared().origin);
  for (const [, headers] of ATTACKS) {
    await expectRefused(await victim.post("sign-in", body, headers), "otherOrigin");
  }
  expect(victim.cookies.size).toBe(0);
});

test("no answer of signing in may be read by a page of another origin, and none can be asked for first", async () => {
  const { browser } = await newAccount(shared());
  for (const path of [...POSTS, "ways", "outside/callback"]) {
    const preflight = await browser.send("OPTIONS", `/session/${path}`, {
      headers: { origin: "https://evil.example", "access-control-request-method": "POST" },
    });
    expect(preflight.status).toBe(405);
    for (const method of ["GET", "POST"]) {
      const response = await browser.send(method, `/session/${path}`, {
        headers: { origin: "https://evil.example" },
      });
      for (const [name] of response.headers) expect(name).not.toStartWith("access-control");
    }
  }
});

test("a page of ours in a browser that knows no Sec-Fetch-Site is let in: the origin says enough", async () => {
  const { email } = await newAccount(shared());
  const body = { email, password: PASSWORD };
  const headers = { "sec-fetch-site": null, "content-type": "application/json; charset=utf-8" };
  const response = await new PageBrowser(shared().origin).post("sign-in", body, headers);
  expect(response.status).toBe(200);
});
