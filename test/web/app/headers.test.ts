import { describe, expect, test } from "bun:test";
import { APP_PAGES } from "../../../src/api/pages/appPage.ts";
import { pageOriginOf } from "../../support/session/browser.ts";
import { sharedServer } from "../../support/sharedServer.ts";

/** What the pages that people sign in to may do, and what others may do with them. */
const shared = sharedServer();

const get = (path: string, origin = pageOriginOf(shared())) =>
  fetch(`${origin}${path}`, { headers: { origin: "https://evil.example" }, redirect: "manual" });

const PATHS = [
  ...Object.keys(APP_PAGES),
  `/oauth2/authorize?response_type=token&response_mode=web_page&scope=data:heart_rate:read&client_id=${crypto.randomUUID()}`,
  "/oauth2/device_authorization_consent",
];

describe.each(PATHS.map((path) => [path.replace(/\?.*/, ""), path] as const))("%s", (_, path) => {
  test("runs its own script alone, is framed by nobody, read by no other origin, and kept by no browser", async () => {
    const response = await get(path);
    expect(response.status).toBe(200);
    const headers = Object.fromEntries(response.headers);
    expect(headers).toMatchObject({
      "content-type": "text/html; charset=UTF-8",
      "content-security-policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
    expect(headers["permissions-policy"]).toContain("camera=()");
    expect(headers["access-control-allow-origin"]).toBeUndefined();
    expect(headers["set-cookie"]).toBeUndefined();
  });

  test("has nothing in it that a policy would have to forgive, and names assets that are there", async () => {
    const page = await (await get(path)).text();
    expect(page).not.toMatch(/<style|style=|\son\w+=|<script(?![^>]*\ssrc=)/);
    const assets = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, asset = ""]) => asset);
    expect(assets).toHaveLength(5);
    for (const asset of assets) expect((await get(asset)).status).toBe(200);
  });

  test("leads from an address of this machine to its name, with what was asked", async () => {
    const response = await get(path, shared().origin);
    expect(response.status).toBe(307);
    expect(response.headers.get("location")).toBe(`${pageOriginOf(shared())}${path}`);
    expect(response.headers.get("cache-control")).toBe("no-store");
  });
});

test("the script holds no path of the machine on which it was built, and nothing that writes HTML", async () => {
  const page = await (await get("/sign-in")).text();
  const script = await (await get(/src="([^"]+)"/.exec(page)?.[1] ?? "")).text();
  expect(script).not.toContain(import.meta.dir.split("/").slice(0, -3).join("/"));
  expect(script).not.toContain("jsxDEV");
  expect(script).not.toContain("document.write");
});
