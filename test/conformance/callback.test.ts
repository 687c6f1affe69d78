import { afterEach, beforeEach, expect, test } from "bun:test";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Callback } from "../../src/conformance/oauth/callback.ts";
import { findBrowser, openBrowser } from "../support/browser.ts";

/** The kit's redirect address, to which a browser brings what an app is told. */
const WITHIN_MS = 10_000;

let callback: Callback;
beforeEach(async () => {
  callback = await Callback.open(0);
});
afterEach(() => callback[Symbol.dispose]());

test("what came in the query is there, as it was written", async () => {
  await fetch(`${callback.redirectUri}?code=1&state=a%20b`);
  expect(await callback.arrival(WITHIN_MS)).toEqual({ query: "code=1&state=a%20b", fragment: "" });
});

test("who comes later is waited for, and who came before is forgotten when that is asked for", async () => {
  await fetch(`${callback.redirectUri}?code=1`);
  callback.forget();
  const arrival = callback.arrival(WITHIN_MS);
  await fetch(`${callback.redirectUri}?error=access_denied`);
  expect(await arrival).toEqual({ query: "error=access_denied", fragment: "" });
});

test("nobody who comes is told after the time that was given", async () => {
  await expect(callback.arrival(20)).rejects.toMatchObject({
    name: "NoAnswer",
    message: "no browser came to the redirect address within 0 s of the hook's end",
  });
});

test("other addresses than the redirect address are not there, and nobody arrives by them", async () => {
  const elsewhere = new URL("/favicon.ico?code=1", callback.redirectUri);
  expect((await fetch(elsewhere)).status).toBe(404);
  await expect(callback.arrival(20)).rejects.toMatchObject({ name: "NoAnswer" });
});

test("a real browser hands over a fragment, and takes it out of its history", async () => {
  const program = findBrowser();
  if (program === undefined) return;
  const browser = await openBrowser(program);
  const server = await redirecting(`${callback.redirectUri}#token_type=bearer&access_token=1&state=a%20b`);
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const fragment = "token_type=bearer&access_token=1&state=a%20b";
    expect(await callback.arrival(WITHIN_MS)).toEqual({ query: "", fragment });
    expect(page.url()).toBe(callback.redirectUri);
  } finally {
    server.close();
    await browser.close();
  }
});

/** A server that leads every browser to an address, as one does that grants something. */
async function redirecting(location: string): Promise<Server> {
  const server = createServer((_, response) => response.writeHead(302, { location }).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
