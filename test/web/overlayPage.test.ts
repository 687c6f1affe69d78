import { expect, test } from "bun:test";
import { sharedServer } from "../support/sharedServer.ts";

/** How the overlay page is served: what browsers and OBS may keep, and what the page may do. */
const shared = sharedServer();

test("the page is asked for anew each time, what it names is kept for ever, and nothing comes from elsewhere", async () => {
  const { origin } = shared();
  const response = await fetch(`${origin}/widget/view/${crypto.randomUUID()}`);
  const text = await response.text();
  expect(response.headers.get("cache-control")).toBe("no-cache");
  expect(text).not.toMatch(/<script>|style=|https?:/);
  const named = new Set([...text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, address = ""]) => address));
  expect([...named].map((address) => address.split(".").at(-1)).sort()).toEqual(["css", "js", "woff2"]);
  for (const address of named) {
    expect(address).toMatch(/^\/assets\/overlay-[0-9a-f]{16}\.\w+$/);
    const asset = await fetch(`${origin}${address}`);
    expect(asset.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(asset.status).toBe(200);
    if (!address.endsWith(".woff2")) expect(await asset.text()).not.toMatch(/\{\{|https?:\/\//);
  }
});

test("its address, which is a secret, is told nobody, and it may talk to this server alone", async () => {
  const { headers } = await fetch(`${shared().origin}/widget/view/${crypto.randomUUID()}`);
  expect(headers.get("referrer-policy")).toBe("no-referrer");
  expect(headers.get("x-robots-tag")).toBe("noindex");
  expect(headers.get("content-security-policy")).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'",
  );
});

test("it is the same page for every id: OBS would put an error on air", async () => {
  const pages = ["nonsense", crypto.randomUUID()].map(async (id) => {
    const response = await fetch(`${shared().origin}/widget/view/${id}`);
    return { status: response.status, text: await response.text() };
  });
  const [first, second] = await Promise.all(pages);
  expect(first?.status).toBe(200);
  expect(first).toEqual(second as never);
});

test("Pulsoid's older address of a widget leads to it", async () => {
  const ask = (path: string) => fetch(`${shared().origin}${path}`, { redirect: "manual" });
  const alias = await ask("/widget/ABCDEF00-0000-4000-8000-000000000000?access_token=secret");
  expect(alias.status).toBe(302);
  expect(alias.headers.get("location")).toBe("/widget/view/abcdef00-0000-4000-8000-000000000000");
  expect((await ask("/widget/nonsense")).status).toBe(404);
});
