import { describe, expect, test } from "bun:test";
import { expectError } from "../support/answers.ts";
import { sharedServer } from "../support/sharedServer.ts";

/** The pages for people that need no script. */
const shared = sharedServer();

const get = (path: string, accept = "*/*") =>
  fetch(`${shared().origin}${path}`, { headers: { accept }, redirect: "manual" });

describe("the address that the start prints", () => {
  test("shows a browser a page, which no other page can frame or read and which loads nothing", async () => {
    const response = await get("/", "text/html,application/xhtml+xml,*/*;q=0.8");
    expect(response.headers.get("content-type")).toBe("text/html; charset=UTF-8");
    expect(response.headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; .*frame-ancestors 'none'$/,
    );
    expect(response.headers.get("referrer-policy")).toBe("no-referrer");
    expect(response.headers.get("vary")).toBe("accept");
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    expect(await response.text()).toContain("<h1>Heartwire is running here</h1>");
  });

  test("says the same in words to a terminal", async () => {
    const response = await get("/");
    expect(response.headers.get("content-type")).toBe("text/plain; charset=UTF-8");
    expect(await response.text()).toStartWith("Heartwire is running here.\n");
  });
});

describe("Pulsoid's page addresses", () => {
  for (const [page, target] of [
    ["keys", "/tokens"],
    ["widgets", "/#widgets"],
    ["api-clients", "/developer"],
    ["configuration", "/account"],
  ] as const) {
    test(`/ui/${page} leads to what is here in its place`, async () => {
      const response = await get(`/ui/${page}?access_token=0b31e0a9-9d7b-4a5c-8f21-0c6f2d3e4a5b`);
      expect(response.status).toBe(302);
      expect(response.headers.get("location")).toBe(target);
      const { pathname, hash } = new URL(target, shared().origin);
      const there = await fetch(`${shared().origin}${pathname}`, { headers: { accept: "text/html" } });
      expect(there.status).toBe(200);
      const place = hash === "" ? "" : `<section id="${hash.slice(1)}">`;
      expect(await there.text()).toContain(place);
    });
  }

  test("another page below /ui/ is not there", async () => {
    for (const page of ["keysx", "constructor", "toString"]) {
      await expectError(await get(`/ui/${page}`), { status: 404, code: 8004, otherOrigins: false });
    }
  });
});
