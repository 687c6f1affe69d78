import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { COLOUR_RANGES } from "../../src/domain/widgetKinds.ts";
import { findBrowser, openBrowser } from "../support/browser.ts";
import { freePort } from "../support/freePort.ts";
import { startTestServer, type TestServer, write } from "../support/server.ts";
import { callWidgets, newWidget, OWN_WIDGETS, WIDGET_SCOPES, type WidgetAnswer } from "../support/widgets.ts";

/** The overlay page, in a real browser. */
const program = findBrowser();
const TRANSPARENT = 0;
const OPAQUE = 255;

/** "Within a second", and patience with a busy machine. */
const AT_ONCE_MS = 1_500;

/** The animation of the heart, in the page. */
const BEAT = 'document.querySelector("#heart").getAnimations()[0]';

/** A point in the middle of the heart. */
async function middleOf(page: Page): Promise<readonly [x: number, y: number]> {
  const box = await page.locator("#heart").boundingBox();
  if (box === null) throw new Error("there is no heart");
  return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)];
}

if (program !== undefined) {
  describe("the overlay", () => testOverlay(program));
}

function testOverlay(executablePath: string): void {
  let server: TestServer;
  let token: string;
  let browser: Browser;
  let widget: WidgetAnswer;
  const errors: string[] = [];

  beforeAll(async () => {
    server = await startTestServer();
    token = await server.token(WIDGET_SCOPES);
    widget = await newWidget(server, token);
    browser = await openBrowser(executablePath);
  });
  afterAll(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
  });

  async function open(
    id = widget.id,
    { origin = server.origin, ...options }: { origin?: string } & Parameters<Browser["newPage"]>[0] = {},
  ): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 400, height: 200 }, ...options });
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => {
      // A link that is closed is a 404, which the browser tells its console.
      if (message.type() === "error" && !message.text().includes("404")) errors.push(message.text());
    });
    await page.goto(`${origin}/widget/view/${id}`);
    return page;
  }

  /** Waits until the page listens, sends a reading, and waits until it is shown. */
  async function heard(page: Page, bpm: number): Promise<void> {
    await page.waitForSelector('body[data-link="open"]');
    const number = page.locator("#bpm");
    // The socket opens a moment after the page has learnt how it looks.
    while ((await number.textContent()) !== String(bpm)) {
      await write(server.origin, token, Date.now(), bpm);
      await Bun.sleep(20);
    }
  }

  test("shows the number live, and the heart beats as often as it says", async () => {
    const page = await open();
    for (const bpm of [64, 128]) {
      await heard(page, bpm);
      expect(await page.evaluate(`${BEAT}.playbackRate`)).toBe(bpm);
    }
    expect(await page.locator("body").getAttribute("data-freshness")).toBe("live");
    expect(await page.locator("#words").textContent()).toBe("");
    await page.close();
  });

  test("is transparent but for what it shows", async () => {
    const page = await open();
    await heard(page, 99);
    const picture = (await page.screenshot({ omitBackground: true })).toString("base64");
    const blank = await browser.newPage();
    const alphas = await blank.evaluate<number[]>(`(async () => {
      const picture = await (await fetch("data:image/png;base64,${picture}")).blob();
      const context = new OffscreenCanvas(400, 200).getContext("2d");
      context.drawImage(await createImageBitmap(picture), 0, 0);
      return [[0, 0], [399, 0], [0, 199], [399, 199], ${JSON.stringify(await middleOf(page))}]
        .map(([x, y]) => context.getImageData(x, y, 1, 1).data[3]);
    })()`);
    await blank.close();
    expect(alphas.slice(0, 4)).toEqual([TRANSPARENT, TRANSPARENT, TRANSPARENT, TRANSPARENT]);
    expect(alphas[4]).toBe(OPAQUE);
    await page.close();
  });

  test("does not move the heart when the number goes from 99 to 100", async () => {
    const page = await open();
    const place = async (bpm: number) => {
      await heard(page, bpm);
      return (await page.locator("#bpm").boundingBox())?.x;
    };
    expect(await place(99)).toBe((await place(100)) as number);
    await page.close();
  });

  test("a pulse without a new reading stops the heart and says so after 10 s, and is an outline with the time after 30 s", async () => {
    const page = await open();
    await page.clock.install({ time: new Date("2024-03-01T14:02:00") });
    await page.reload();
    await heard(page, 88);
    await page.clock.fastForward(10_000);
    await page.waitForSelector('body[data-freshness="stale"]');
    expect(await page.locator("#words").textContent()).toBe("No signal");
    expect(await page.evaluate(`${BEAT}.playState`)).toBe("paused");
    await page.clock.fastForward(20_000);
    await page.waitForSelector('body[data-freshness="gone"]');
    expect(await page.locator("#words").textContent()).toMatch(/^Last seen 14:0\d$/);
    expect(await page.locator("#bpm").isVisible()).toBe(false);
    await page.close();
  });

  test("comes back by itself after the server was started again", async () => {
    const environment = { HEARTWIRE_PORT: String(freePort()) };
    const first = await startTestServer({ environment });
    const own = await first.token(WIDGET_SCOPES);
    const page = await open((await newWidget(first, own)).id, { origin: first.origin });
    await page.waitForSelector('body[data-link="open"]');
    await first.server.stop();
    await using second = await startTestServer({ environment, folder: first.folder });
    while ((await page.locator("#bpm").textContent()) !== "101") {
      await write(second.origin, own, Date.now(), 101);
      await Bun.sleep(100);
    }
    await page.close();
  });

  test("of a closed link says so to a person, and shows nothing in OBS, until it is opened there", async () => {
    const closed = await newWidget(server, await server.token(["widgets:update"]));
    const page = await open(closed.id);
    await page.waitForSelector('body[data-link="closed"]');
    expect(await page.locator("#closed").isVisible()).toBe(true);
    expect(await page.locator("#pulse").isVisible()).toBe(false);
    await page.addInitScript("window.obsstudio = {}");
    await page.reload();
    await page.waitForSelector('body[data-link="closed"]');
    expect(await page.locator("body").innerText()).toBe("");
    expect(await page.locator("#closed").isVisible()).toBe(false);
    await page.close();
  });

  test("loses the pulse within a second when its link is closed", async () => {
    const other = await newWidget(server, token);
    const page = await open(other.id);
    await heard(page, 77);
    await callWidgets(server, token, "DELETE", `${OWN_WIDGETS}/${other.id}/link`);
    await page.waitForSelector('body[data-link="closed"]', { timeout: AT_ONCE_MS });
    expect(await page.locator("#bpm").textContent()).toBe("");
    await page.close();
  });

  test("takes the colours of its configuration, and leaves out what makes no sense", async () => {
    const configuration = {
      ranges: [{ from: 100, to: 200, color: "#00ff00ff" }, { from: "x" }, null],
      heartColor: "#0000ff",
      heartEnabled: true,
    };
    const { id } = await newWidget(server, token, { meta_id: COLOUR_RANGES, configuration });
    const page = await open(id);
    const colourOf = (name: string) =>
      page.evaluate(`getComputedStyle(document.querySelector("${name}")).color`);
    await heard(page, 150);
    expect(await colourOf("#bpm")).toBe("rgb(0, 255, 0)");
    expect(await colourOf("#heart")).toBe("rgb(0, 0, 255)");
    await heard(page, 60);
    expect(await colourOf("#bpm")).toBe("rgb(255, 255, 255)");
    await page.close();
  });

  test("changes its light slowly instead of beating for those who asked for less motion", async () => {
    const page = await open(widget.id, { reducedMotion: "reduce" });
    await heard(page, 150);
    const animation = await page.evaluate<{ rate: number; properties: string[] }>(
      `({ rate: ${BEAT}.playbackRate, properties: Object.keys(${BEAT}.effect.getKeyframes()[0]) })`,
    );
    expect(animation.rate).toBe(1);
    expect(animation.properties).toContain("opacity");
    expect(animation.properties).not.toContain("transform");
    await page.close();
  });

  test("fits a source of 200 pixels and a whole screen", async () => {
    for (const viewport of [
      { width: 200, height: 200 },
      { width: 390, height: 844 },
      { width: 1920, height: 1080 },
    ]) {
      const page = await open(widget.id, { viewport });
      await heard(page, 188);
      const box = await page.locator("#pulse").boundingBox();
      expect(box?.x).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(viewport.width);
      expect(box?.height).toBeLessThanOrEqual(viewport.height);
      const size = await page.evaluate<string>('getComputedStyle(document.querySelector("#bpm")).fontSize');
      expect(Number.parseFloat(size)).toBeGreaterThanOrEqual(48);
      await page.close();
    }
  });

  test("has nothing that a screen reader would stumble over, and no error in the console", async () => {
    const page = await open();
    await heard(page, 90);
    // The page allows no script but its own: axe comes in beside it, as an extension would.
    const session = await page.context().newCDPSession(page);
    await session.send("Page.setBypassCSP", { enabled: true });
    await page.reload();
    await heard(page, 91);
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
    const violations = await page.evaluate(
      "axe.run().then(({ violations }) => violations.map(({ id }) => id))",
    );
    expect(violations).toEqual([]);
    expect(errors).toEqual([]);
    await page.close();
  });
}

test("the page is asked for anew each time, what it names is kept for ever, and nothing comes from elsewhere", async () => {
  await using server = await startTestServer();
  const response = await fetch(`${server.origin}/widget/view/${crypto.randomUUID()}`);
  const text = await response.text();
  expect(response.headers.get("cache-control")).toBe("no-cache");
  expect(response.headers.get("content-security-policy")).toContain(
    "script-src 'self'; style-src 'self'; connect-src 'self'",
  );
  expect(response.headers.get("referrer-policy")).toBe("no-referrer");
  const named = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = ""]) => address);
  expect(named).toHaveLength(2);
  for (const address of named) {
    expect(address).toMatch(/^\/assets\/overlay-[0-9a-f]{16}\.(js|css)$/);
    const asset = await fetch(`${server.origin}${address}`);
    expect(asset.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  }
  expect(text).not.toMatch(/<script>|style=|https?:/);
  const alias = await fetch(`${server.origin}/widget/ABCDEF00-0000-4000-8000-000000000000`, {
    redirect: "manual",
  });
  expect(alias.headers.get("location")).toBe("/widget/view/abcdef00-0000-4000-8000-000000000000");
  expect((await fetch(`${server.origin}/widget/view/nonsense`)).status).toBe(404);
});
