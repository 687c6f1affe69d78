import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import axe from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { Scope } from "../../src/domain/scopes.ts";
import { findBrowser, openBrowser } from "../support/browser.ts";
import {
  answered,
  callRooms,
  newPerson,
  newRoom,
  type Person,
  ROOM_SCOPES,
  type RoomAnswer,
} from "../support/rooms.ts";
import { sharedServer } from "../support/sharedServer.ts";

/** The page to which an invitation's link leads, in a real browser. */
const TEST_MS_MAX = 30_000;
const program = findBrowser();
const shared = sharedServer();

let browser: Browser;
let context: BrowserContext | undefined;
if (program !== undefined) {
  beforeAll(async () => {
    browser = await openBrowser(program);
  });
  afterAll(() => browser?.close());
}
afterEach(async () => {
  await context?.close();
  context = undefined;
});

const someone = (scopes: readonly Scope[] = ROOM_SCOPES) => newPerson(shared(), scopes);

interface Invited {
  readonly anna: Person;
  readonly roomId: string;
  readonly link: string;
  readonly code: string;
}

async function invited(): Promise<Invited> {
  const anna = await someone();
  const roomId = await newRoom(shared(), anna);
  const { invitation } = await answered<{ invitation: { code: string; link: string } }>(
    callRooms(shared(), anna, "POST", `/${roomId}/invitations`, {}),
  );
  return { anna, roomId, ...invitation };
}

async function membersOf({ anna, roomId }: Invited): Promise<readonly string[]> {
  const { room } = await answered<{ room: RoomAnswer }>(callRooms(shared(), anna, "GET", `/${roomId}`));
  return room.members.map(({ profile_id }) => profile_id);
}

/** Opens a page of its own, and keeps every address that it asks for and every complaint of the browser. */
async function open(
  address: string,
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<{
  readonly page: Page;
  readonly asked: readonly string[];
  readonly complaints: readonly string[];
}> {
  context = await browser.newContext(options);
  const page = await context.newPage();
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => asked.push(`${request.url()} ${JSON.stringify(request.headers())}`));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(address);
  return { page, asked, complaints };
}

async function joinWith(page: Page, token: string): Promise<void> {
  await page.fill("#token", token);
  await page.click("#join");
}

async function problemOn(page: Page): Promise<string> {
  return (await page.locator("#problem:not(:empty)").textContent()) ?? "";
}

if (program !== undefined) {
  describe("the page of an invitation", () => {
    test(
      "takes the code from its link, joins with a token that is typed in, and leaves again",
      async () => {
        const invitation = await invited();
        const ben = await someone();
        const { page, asked, complaints } = await open(invitation.link);
        expect(await page.inputValue("#code")).toBe(invitation.code);
        expect(await page.textContent("#command")).toBe(
          `npm run heartwire -- room join ${invitation.code} --url ${shared().origin}`,
        );
        await joinWith(page, ben.token);
        await page.waitForSelector("#joined:not([hidden])");
        expect(await page.textContent("#company")).toBe(
          "One other member sees your heart rate now, and you see theirs.",
        );
        expect(await page.textContent("#room")).toBe(invitation.roomId);
        expect(await page.textContent("#leave-command")).toContain(` room leave ${invitation.roomId} `);
        expect(await membersOf(invitation)).toEqual([invitation.anna.profileId, ben.profileId]);
        expect(await page.inputValue("#token")).toBe("");
        await page.click("#leave");
        await page.waitForSelector("#left:not([hidden])");
        expect(await membersOf(invitation)).toEqual([invitation.anna.profileId]);
        // The address of nothing that is asked for, nor any referrer, holds the code or the token.
        const addresses = asked.map((one) => one.replaceAll(/"authorization":"[^"]*"/g, ""));
        expect(addresses.filter((one) => one.includes(invitation.code) || one.includes(ben.token))).toEqual(
          [],
        );
        expect(addresses.filter((one) => !one.startsWith(shared().origin))).toEqual([]);
        expect(complaints).toEqual([]);
      },
      TEST_MS_MAX,
    );

    test(
      "keeps no token: after it is opened again there is none, in the page or in what browsers keep",
      async () => {
        const { link } = await invited();
        const { page } = await open(link);
        await joinWith(page, (await someone()).token);
        await page.waitForSelector("#joined:not([hidden])");
        await page.reload();
        expect(await page.inputValue("#token")).toBe("");
        expect(
          await page.evaluate("localStorage.length + sessionStorage.length + document.cookie.length"),
        ).toBe(0);
      },
      TEST_MS_MAX,
    );

    test(
      "says what is wrong and what to do, joins nobody, and lets one try again",
      async () => {
        const invitation = await invited();
        const { page } = await open(invitation.link);
        const limited = await someone(["data:room:write"]);
        for (const [token, words] of [
          ["foo", "A token has 36 characters; this has 3. Was all of it copied, and nothing else?"],
          [
            "x".repeat(36),
            "This is no token: one has the form 01234567-89ab-cdef-0123-456789abcdef. Was the right text copied?",
          ],
          [
            crypto.randomUUID(),
            "The server does not know this token, or it was revoked. Ask whoever runs the server for another one.",
          ],
          [
            limited.token,
            "This token may not join rooms. It needs the scopes data:room:write and data:heart_rate:read.",
          ],
        ] as const) {
          await joinWith(page, token);
          expect(await problemOn(page)).toBe(words);
        }
        await answered(callRooms(shared(), invitation.anna, "DELETE", `/${invitation.roomId}/invitations`));
        const ben = await someone();
        await joinWith(page, ben.token);
        expect(await problemOn(page)).toBe(
          "This invitation is unknown, has expired or was withdrawn. Ask for a new one.",
        );
        expect(await membersOf(invitation)).toHaveLength(1);
        const other = await invited();
        await page.fill("#code", other.code.toLowerCase());
        await joinWith(page, ben.token);
        await page.waitForSelector("#joined:not([hidden])");
        expect(await membersOf(other)).toHaveLength(2);
      },
      TEST_MS_MAX,
    );

    test(
      "a link whose code is none leaves the field empty, and shows nothing of what it holds",
      async () => {
        const { page, complaints } = await open(`${shared().origin}/join#<img src=x onerror=alert(1)>%ff`);
        expect(await page.inputValue("#code")).toBe("");
        expect(await page.textContent("#command")).toBe(
          `npm run heartwire -- room join CODE --url ${shared().origin}`,
        );
        expect(complaints).toEqual([]);
      },
      TEST_MS_MAX,
    );

    for (const [colorScheme, width] of [
      ["light", 390],
      ["dark", 1280],
    ] as const) {
      test(
        `has nothing that axe finds fault with, ${colorScheme} and ${width} pixels wide, and no sideways scrolling`,
        async () => {
          const { link } = await invited();
          // The policy lets no script in that is not the page's own; this one is the test's.
          const { page } = await open(link, {
            colorScheme,
            viewport: { width, height: 800 },
            bypassCSP: true,
          });
          const faultsOf = async () => {
            await page.addScriptTag({ content: axe.source });
            const { violations } = (await page.evaluate("axe.run()")) as {
              violations: readonly { readonly id: string; readonly nodes: readonly unknown[] }[];
            };
            return violations;
          };
          expect(await faultsOf()).toEqual([]);
          await joinWith(page, "abc");
          await problemOn(page);
          expect(await faultsOf()).toEqual([]);
          await joinWith(page, (await someone()).token);
          await page.waitForSelector("#joined:not([hidden])");
          expect(await faultsOf()).toEqual([]);
          expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
        },
        TEST_MS_MAX,
      );
    }
  });
}

test("no other page may frame it or read it, and it runs nothing but its own script", async () => {
  const response = await fetch(`${shared().origin}/join`, { headers: { origin: "https://evil.example" } });
  expect(response.headers.get("content-type")).toBe("text/html; charset=UTF-8");
  expect(response.headers.get("content-security-policy")).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  expect(response.headers.get("referrer-policy")).toBe("no-referrer");
  expect(response.headers.has("access-control-allow-origin")).toBe(false);
  const page = await response.text();
  const assets = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path);
  expect(assets.length).toBe(2);
  for (const path of assets) {
    const asset = await fetch(`${shared().origin}${path}`);
    expect(asset.status).toBe(200);
    expect(asset.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  }
});
