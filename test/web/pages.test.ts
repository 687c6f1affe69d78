import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { findBrowser, openBrowser } from "../support/browser.ts";
import { sharedServer } from "../support/sharedServer.ts";

/** What pages look like on a phone and on a desk, in a real browser. */
setDefaultTimeout(30_000);
const program = findBrowser();
if (program !== undefined) describe("a page", () => testPages(program));

const LOOKS = [
  ["light", 390],
  ["dark", 390],
  ["light", 1280],
  ["dark", 1280],
] as const;

/** Of each group the first route stays. */
const KEEP_FEW_ROUTES = 'for (const one of document.querySelectorAll("article ~ article")) one.remove()';

function testPages(executablePath: string): void {
  const shared = sharedServer();
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser(executablePath);
  });
  afterEach(async () => {
    for (const window of browser.contexts()) await window.close();
  });
  afterAll(() => browser?.close());

  async function open(path: string, width: number, colorScheme: "light" | "dark" = "light"): Promise<Page> {
    // The policy lets no script in that is not the page's own; axe is the test's.
    const window = await browser.newContext({
      viewport: { width, height: 844 },
      colorScheme,
      bypassCSP: true,
    });
    const page = await window.newPage();
    await page.goto(`${shared().origin}${path}`);
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
    return page;
  }

  for (const path of ["/", "/reference", "/join"]) {
    for (const [colorScheme, width] of LOOKS) {
      test(`${path} scrolls nowhere sideways and is sound for axe, ${colorScheme} and ${width} pixels wide`, async () => {
        const page = await open(path, width, colorScheme);
        const scrolling = await page.evaluate<string[]>(
          `[document.documentElement, ...document.querySelectorAll("pre, code, table, nav")]
            .filter((one) => getComputedStyle(one).display !== "inline" && one.scrollWidth > one.clientWidth)
            .map((one) => one.textContent.slice(0, 80))`,
        );
        expect(scrolling).toEqual([]);
        // Axe takes a while for a hundred routes that are all written alike: in one look it reads every one, in the others a few.
        if (width < 1_000 || colorScheme === "dark") await page.evaluate(KEEP_FEW_ROUTES);
        await page.addScriptTag({ content: axe.source });
        const { violations } = await page.evaluate<{ violations: readonly unknown[] }>("axe.run()");
        expect(violations).toEqual([]);
      });
    }
  }

  test("breaks no status and no code of an error, and gives each error's message", async () => {
    const page = await open("/reference", 390);
    const broken = await page.evaluate<string[]>(
      `[...document.querySelectorAll("th, td:not(:last-child)")]
        .filter((cell) => { const words = document.createRange(); words.selectNodeContents(cell);
          return new Set([...words.getClientRects()].map(({ top }) => top)).size > 1; })
        .map((cell) => cell.textContent)`,
    );
    expect(broken).toEqual([]);
    expect(await page.locator("#writeHeartRate td").allTextContents()).toContainEqual(
      expect.stringMatching(/^token_not_found/),
    );
  });

  test("shows code as code, without the backticks of its source", async () => {
    const page = await open("/reference", 1280);
    expect(await page.locator("body").innerText()).not.toContain("`");
    expect(await page.locator("td p code").first().textContent()).toBe("Bearer");
  });
}
