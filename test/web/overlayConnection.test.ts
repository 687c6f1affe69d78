import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { findBrowser, openBrowser } from "../support/browser.ts";
import { freePort } from "../support/freePort.ts";
import {
  animationsEnd,
  BEAT,
  beatUntilShown,
  type OverlayOptions,
  opacitiesOf,
  openOverlay,
  untilShown,
} from "../support/overlay.ts";
import { MOMENT } from "../support/requests.ts";
import { startTestServer, type TestServer, write } from "../support/server.ts";
import { callWidgets, newWidget, OWN_WIDGETS, WIDGET_SCOPES } from "../support/widgets.ts";

/** What the overlay page shows while there is no pulse, no connection or no link, in a real browser. */
setDefaultTimeout(30_000);
const program = findBrowser();
if (program !== undefined) describe("the overlay", () => testConnections(program));

/** "Within a second", and patience with a busy machine. */
const AT_ONCE_MS = 1_500;

/** Somebody with a widget whose link is open. */
interface Owner {
  readonly token: string;
  readonly widgetId: string;
}

function testConnections(executablePath: string): void {
  let server: TestServer;
  let browser: Browser;

  beforeAll(async () => {
    server = await startTestServer();
    browser = await openBrowser(executablePath);
  });
  afterEach(async () => {
    for (const window of browser.contexts()) await window.close();
  });
  afterAll(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
  });

  async function someone(on = server): Promise<Owner> {
    const token = await on.token(WIDGET_SCOPES, { user: crypto.randomUUID() });
    return { token, widgetId: (await newWidget(on, token)).id };
  }

  const open = async (widgetId: string, options: OverlayOptions = {}, { origin } = server): Promise<Page> =>
    (await openOverlay(browser, origin, widgetId, options)).page;

  /** Lets the page's clock be moved. */
  const withClock: OverlayOptions = { prepare: (page) => page.clock.install() };

  const wordsOn = (page: Page) => page.locator("#words").textContent();
  const untilFreshness = (page: Page, freshness: string) =>
    page.waitForSelector(`body[data-freshness="${freshness}"]`, { state: "attached" });

  test("stops the heart in mid-beat and says so after 10 s without a reading; after 30 s it is an outline with the time", async () => {
    const { token, widgetId } = await someone();
    const page = await open(widgetId, withClock);
    await beatUntilShown(server, token, page, 88);
    await page.clock.fastForward(9_000);
    await page.clock.runFor(300);
    expect(await page.locator("body").getAttribute("data-freshness")).toBe("live");
    await page.clock.fastForward(1_000);
    await untilFreshness(page, "stale");
    expect(await wordsOn(page)).toBe("No signal");
    expect(await page.locator("#bpm").textContent()).toBe("88");
    expect(await page.evaluate(`${BEAT}.playState`)).toBe("paused");
    const heardAt = new Date(await page.evaluate<number>("Date.now() - 10_000"));
    await page.clock.fastForward(20_000);
    await untilFreshness(page, "gone");
    const earlier = new Date(heardAt.getTime() - 60_000);
    expect([heardAt, earlier].map((time) => `Last seen ${time.toISOString().slice(11, 16)}`)).toContain(
      (await wordsOn(page)) ?? "",
    );
    expect(await page.locator("#bpm").isVisible()).toBe(false);
    await beatUntilShown(server, token, page, 89);
    expect(await page.evaluate(`${BEAT}.playState`)).toBe("running");
  });

  test("knows the reading from before it was opened: at once when it is fresh, otherwise when it was seen", async () => {
    const { token, widgetId } = await someone();
    await write(server.origin, token, MOMENT, 71);
    const late = await open(widgetId);
    expect(await late.locator("body").getAttribute("data-shows")).not.toBe("pulse");
    await untilShown(late, "pulse");
    expect(await wordsOn(late)).toBe("Last seen 1 Mar, 17:00");
    await write(server.origin, token, Date.now(), 72);
    const page = await open(widgetId);
    await untilShown(page, "pulse");
    expect(await page.locator("#bpm").textContent()).toBe("72");
    expect(await page.locator("body").getAttribute("data-freshness")).toBe("live");
  });

  test("says that there was no heart rate yet, but not before it has waited for one", async () => {
    const { widgetId } = await someone();
    const connected = Promise.withResolvers<void>();
    const prepare = async (page: Page) => {
      // Stopped, because on a slow machine a second of its own may pass before the test goes on.
      await page.clock.install({ time: 0 });
      await page.clock.pauseAt(1_000);
      page.on("websocket", () => connected.resolve());
    };
    const page = await open(widgetId, { prepare });
    await connected.promise;
    await page.clock.runFor(2_000);
    expect(await page.locator("#pulse").isVisible()).toBe(false);
    await page.clock.runFor(1_000);
    await untilShown(page, "pulse");
    expect(await wordsOn(page)).toBe("No heart rate yet");
  });

  test("says that there is no connection while the server is away, and comes back by itself", async () => {
    const environment = { HEARTWIRE_PORT: String(freePort()) };
    const first = await startTestServer({ environment });
    const { token, widgetId } = await someone(first);
    const page = await open(widgetId, withClock, first);
    await beatUntilShown(first, token, page, 101);
    await first.server.stop();
    await page.clock.runFor(1_000);
    expect(await page.locator("body").getAttribute("data-freshness")).toBe("live");
    await page.clock.fastForward(10_000);
    await untilFreshness(page, "stale");
    expect(await wordsOn(page)).toBe("No connection");
    await using second = await startTestServer({ environment, folder: first.folder });
    const moving = setInterval(() => page.clock.fastForward(1_000), 100);
    await beatUntilShown(second, token, page, 102);
    clearInterval(moving);
    expect(await wordsOn(page)).toBe("");
  });

  test("connects again when a connection has gone silent, which may be dead without having been closed", async () => {
    const { token, widgetId } = await someone();
    let sockets = 0;
    const page = await open(widgetId, {
      prepare: async (page) => {
        await page.clock.install();
        await page.routeWebSocket(/\/listen\//, (socket) => {
          sockets++;
          // The first one is dead: nothing comes through it any more.
          if (sockets > 1) socket.connectToServer();
        });
      },
    });
    while (sockets < 1) await Bun.sleep(20);
    await write(server.origin, token, MOMENT, 83);
    await page.clock.fastForward(30_000);
    await beatUntilShown(server, token, page, 84);
    expect(sockets).toBe(2);
  });

  test("keeps its pulse when something in between answers 404 in the server's place", async () => {
    const { token, widgetId } = await someone();
    const page = await open(widgetId, withClock);
    await beatUntilShown(server, token, page, 91);
    await page.route(/\/links\//, (route) => route.fulfill({ status: 404, body: "no such backend" }));
    const asked = page.waitForResponse(/\/links\//);
    // What was heard is 30 s old, so that the page asks.
    await page.clock.fastForward(30_000);
    await asked;
    await untilFreshness(page, "gone");
    expect(await page.locator("body").getAttribute("data-shows")).toBe("pulse");
  });

  describe("of a closed link", () => {
    for (const [what, id] of [
      ["one that is unknown", () => crypto.randomUUID()],
      ["no id at all", () => "nonsense"],
    ] as const) {
      test(`shows nothing, until somebody points at the page: ${what}`, async () => {
        const page = await open(id());
        await untilShown(page, "closed");
        expect(await opacitiesOf(page, [[200, 100]])).toEqual([0]);
        await page.mouse.move(200, 100);
        await animationsEnd(page, "#closed");
        expect(await opacitiesOf(page, [[200, 100]])).toEqual([255]);
        expect(await page.locator("#closed").innerText()).toContain("There is no pulse at this address.");
        expect(await page.locator("#pulse").isVisible()).toBe(false);
        const box = await page.locator("#closed").boundingBox();
        expect(box?.y).toBeGreaterThanOrEqual(8);
        expect((box?.y ?? 0) + (box?.height ?? 200)).toBeLessThanOrEqual(192);
      });
    }

    test("a key is as good as a pointer", async () => {
      const page = await open(crypto.randomUUID());
      await untilShown(page, "closed");
      await page.keyboard.press("Tab");
      await page.locator("body[data-person]").waitFor({ state: "attached" });
      await animationsEnd(page, "#closed");
      expect(await opacitiesOf(page, [[200, 100]])).toEqual([255]);
    });

    test("shows nothing in OBS, whoever points at it, nor inside of another page", async () => {
      const inObs = await open(crypto.randomUUID(), {
        prepare: async (page) => {
          await page.addInitScript("window.obsstudio = {}");
        },
      });
      await untilShown(inObs, "closed");
      await inObs.mouse.move(200, 100);
      expect(await inObs.locator("#closed").isVisible()).toBe(false);
      const window = await browser.newContext();
      const outer = await window.newPage();
      await outer.setContent(`<iframe src="${server.origin}/widget/view/${crypto.randomUUID()}"></iframe>`);
      const inner = outer.frameLocator("iframe");
      await inner.locator('body[data-shows="closed"]').waitFor({ state: "attached" });
      expect(await inner.locator("#closed").isVisible()).toBe(false);
    });

    test("loses the pulse within a second when the link is closed", async () => {
      const { token, widgetId } = await someone();
      const page = await open(widgetId);
      await beatUntilShown(server, token, page, 77);
      await callWidgets(server, token, "DELETE", `${OWN_WIDGETS}/${widgetId}/link`);
      await page.waitForSelector('body[data-shows="closed"]', { timeout: AT_ONCE_MS, state: "attached" });
      expect(await page.locator("#bpm").textContent()).toBe("");
    });
  });
}
