import { beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Page } from "playwright-core";
import {
  type AppPerson,
  appPages,
  faultsOf,
  scrollingSideways,
  settled,
} from "../../support/app/appPages.ts";
import { findBrowser } from "../../support/browser.ts";

/** What the pages look like on a phone and on a desk, light and dark, with large letters, and to a screen reader. */
setDefaultTimeout(60_000);
const program = findBrowser();
if (program !== undefined) describe("the pages that people sign in to", () => testLooks(program));

const LOOKS = [
  ["light", 390, 844],
  ["dark", 1280, 800],
] as const;

/** How much may move when what was asked for comes; nothing that anybody could see. */
const SHIFT_MAX = 0.01;

/** What is there to be looked at. */
interface Made {
  readonly person: AppPerson;
  readonly claimCode: string;
  readonly resetCode: string;
  /** What an app asks for. */
  readonly query: string;
  /** The code of a device that asks. */
  readonly userCode: string;
}

interface Look {
  readonly name: string;
  readonly path: (made: Made) => string;
  readonly isSignedOut?: true;
  /** Opens what the page keeps closed. */
  readonly opened?: (page: Page) => Promise<void>;
}

const DEVICE = "/oauth2/device_authorization_consent";

const PAGES: readonly Look[] = [
  { name: "sign-in", path: () => "/sign-in", isSignedOut: true },
  { name: "sign-up without a link", path: () => "/sign-up", isSignedOut: true },
  { name: "sign-up", path: ({ claimCode }) => `/sign-up#${claimCode}`, isSignedOut: true },
  { name: "reset", path: ({ resetCode }) => `/reset#${resetCode}`, isSignedOut: true },
  { name: "consent", path: ({ query }) => `/oauth2/authorize?${query}` },
  { name: "device", path: ({ userCode }) => `${DEVICE}?user_code=${userCode}` },
  { name: "device without a code", path: () => DEVICE },
  { name: "apps", path: () => "/apps" },
  { name: "tokens", path: () => "/tokens", opened: (page) => page.click("text=Make a token") },
  { name: "developer", path: () => "/developer", opened: (page) => page.click("text=Register an app") },
  {
    name: "account",
    path: () => "/account",
    opened: async (page) => {
      await page.click("text=Change the password");
      await page.click("text=Erase my account");
    },
  },
  { name: "activity", path: () => "/activity" },
];

function testLooks(executablePath: string): void {
  const pages = appPages(executablePath);
  let made: Made;
  beforeAll(async () => {
    const person = await pages.person("Annabella Bergerhausen-Lindqvist");
    const web = `response_type=token&response_mode=web_page&client_id=${crypto.randomUUID()}`;
    const query = `${web}&scope=data:heart_rate:read,data:statistics:read`;
    await pages.api(person, "POST", "/authorizations", { query, allow: true });
    await pages.api(person, "POST", "/account/tokens", {
      name: "A watch",
      scopes: ["data:heart_rate:write"],
    });
    const redirect_uris = ["https://a-rather-long-name.beats.example/oauth/callback"];
    const app = { name: "Beat Board", redirect_uris, confidential: true, implicit: true };
    await pages.api(person, "POST", "/account/clients", app);
    const device = await fetch(`${pages.origin}/oauth2/device_authorization`, {
      method: "POST",
      body: new URLSearchParams({ client_id: crypto.randomUUID(), scope: "data:heart_rate:write" }),
    });
    const { user_code: userCode } = (await device.json()) as { user_code: string };
    const claimCode = await pages.link("claim", { user: "me" });
    made = {
      person,
      query,
      userCode,
      claimCode,
      resetCode: await pages.link("reset", { email: person.email }),
    };
  });

  const open = async ({ path, isSignedOut }: Look, options: Parameters<typeof pages.open>[1]) => {
    const signedIn = isSignedOut ? {} : { person: made.person };
    return (await pages.open(path(made), { ...signedIn, bypassCSP: true, ...options })).page;
  };

  describe.each(PAGES.map((look) => [look.name, look] as const))("%s", (_, look) => {
    for (const [colorScheme, width, height] of LOOKS) {
      test(`is sound for axe and scrolls nowhere sideways, with large letters too, ${colorScheme} and ${width} pixels wide`, async () => {
        const page = await open(look, { colorScheme, viewport: { width, height } });
        await look.opened?.(page);
        expect(await faultsOf(page)).toEqual([]);
        expect(await scrollingSideways(page)).toEqual([]);
        // With letters of twice the size as well.
        await page.addStyleTag({ content: "html { font-size: 200%; }" });
        expect(await scrollingSideways(page)).toEqual([]);
      });
    }
  });

  test("do not move when what they asked for comes, and with reduced motion nothing moves at all", async () => {
    const page = await open(PAGES.at(-1) as Look, { reducedMotion: "reduce" });
    await page.addInitScript(`
      window.shift = 0;
      new PerformanceObserver((list) => { for (const one of list.getEntries()) window.shift += one.value; })
        .observe({ type: "layout-shift", buffered: true });`);
    const shifts: Record<string, number> = {};
    for (const { name, path } of PAGES.filter(({ isSignedOut }) => !isSignedOut)) {
      await page.goto(`${pages.origin}${path(made)}`);
      await settled(page);
      // A frame later the browser has reckoned what moved.
      await page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))");
      const shift = await page.evaluate<number>("window.shift");
      if (shift > SHIFT_MAX) shifts[name] = shift;
      expect(await page.evaluate("document.getAnimations().length")).toBe(0);
    }
    expect(shifts).toEqual({});
  });
}
