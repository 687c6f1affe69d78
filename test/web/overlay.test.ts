import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { COLOUR_RANGES } from "../../src/domain/widgetKinds.ts";
import { findBrowser, openBrowser } from "../support/browser.ts";
import {
  animationsEnd,
  BEAT,
  beatUntilShown,
  type OverlayOptions,
  opacitiesOf,
  openOverlay,
} from "../support/overlay.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { newWidget, WIDGET_SCOPES } from "../support/widgets.ts";

/** What the overlay page looks like, in a real browser. */
setDefaultTimeout(30_000);
const program = findBrowser();
if (program !== undefined) describe("the overlay", () => testLooks(program));

const TRANSPARENT = 0;
const OPAQUE = 255;

function testLooks(executablePath: string): void {
  let server: TestServer;
  let token: string;
  let browser: Browser;
  let widgetId: string;

  beforeAll(async () => {
    server = await startTestServer();
    token = await server.token(WIDGET_SCOPES);
    widgetId = (await newWidget(server, token)).id;
    browser = await openBrowser(executablePath);
  });
  afterEach(async () => {
    for (const window of browser.contexts()) await window.close();
  });
  afterAll(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
  });

  const open = (options: OverlayOptions = {}, id = widgetId) =>
    openOverlay(browser, server.origin, id, options);
  const heard = (page: Page, bpm: number) => beatUntilShown(server, token, page, bpm);

  async function boxOf(
    page: Page,
    part: string,
  ): Promise<{ x: number; y: number; width: number; height: number }> {
    const box = await page.locator(part).boundingBox();
    if (box === null) throw new Error(`there is no ${part}`);
    return box;
  }

  test("shows the number live, and the heart beats as often as it says", async () => {
    const { page, complaints } = await open();
    for (const bpm of [64, 128]) {
      await heard(page, bpm);
      expect(await page.evaluate(`${BEAT}.playbackRate`)).toBe(bpm);
      expect(await page.evaluate(`${BEAT}.playState`)).toBe("running");
    }
    expect(await page.locator("body").getAttribute("data-freshness")).toBe("live");
    expect(await page.locator("#words").textContent()).toBe("");
    expect(complaints).toEqual([]);
  });

  test("is transparent but for what it shows", async () => {
    const { page } = await open();
    await heard(page, 99);
    await animationsEnd(page, "#pulse");
    const { x, y, width, height } = await boxOf(page, "#heart");
    const middle = [Math.round(x + width / 2), Math.round(y + height / 2)] as const;
    const corners = [
      [0, 0],
      [399, 0],
      [0, 199],
      [399, 199],
    ] as const;
    expect(await opacitiesOf(page, [...corners, middle])).toEqual([
      ...corners.map(() => TRANSPARENT),
      OPAQUE,
    ]);
  });

  test("moves once when the number reaches 100 and not for 99 after it, and its figures are of one width", async () => {
    const { page } = await open();
    const place = async (bpm: number) => {
      await heard(page, bpm);
      return (await boxOf(page, "#pulse")).x;
    };
    const two = await place(99);
    const three = await place(100);
    expect(three).toBeLessThan(two);
    expect(await place(99)).toBe(three);
    expect(await place(94)).toBe(two);
    // The bundled face, and not what the machine has.
    const widths = await page.evaluate<number[]>(`(async () => {
      const [face] = await document.fonts.load("600 100px Inter");
      const number = document.querySelector("#bpm");
      return [face.status === "loaded" ? 1 : 0, ...["111", "888"].map((text) => {
        const probe = number.cloneNode();
        probe.style.minWidth = "0";
        probe.textContent = text;
        number.after(probe);
        const { width } = probe.getBoundingClientRect();
        probe.remove();
        return width;
      })];
    })()`);
    expect(widths[0]).toBe(1);
    expect(widths[1]).toBe(widths[2] as number);
  });

  for (const [width, height] of [
    [400, 200],
    [1280, 720],
  ] as const) {
    test(`stands in the middle of ${width} by ${height} pixels, with two figures and with three`, async () => {
      const { page } = await open({ context: { viewport: { width, height }, reducedMotion: "reduce" } });
      for (const bpm of [66, 166]) {
        await heard(page, bpm);
        const heart = await boxOf(page, "#heart");
        const [left, right, top, bottom] = await page.evaluate<[number, number, number, number]>(`(() => {
          const figures = document.createRange();
          figures.selectNodeContents(document.querySelector("#bpm"));
          const { right } = figures.getBoundingClientRect();
          const { top, bottom } = document.querySelector("#bpm").getBoundingClientRect();
          return [${heart.x}, innerWidth - right, top, innerHeight - bottom];
        })()`);
        expect(Math.abs(left - right)).toBeLessThanOrEqual(width * 0.01);
        expect(Math.abs(top - bottom)).toBeLessThanOrEqual(1);
      }
    });
  }

  test("takes the colours of its configuration, and leaves out what makes no sense", async () => {
    const configuration = {
      ranges: [{ from: 100, to: 200, color: "#00ff00ff" }, { from: "x" }, null],
      heartColor: "#0000ff",
      heartEnabled: true,
    };
    const { id } = await newWidget(server, token, { meta_id: COLOUR_RANGES, configuration });
    const { page } = await open({}, id);
    const colourOf = (name: string) =>
      page.evaluate(`getComputedStyle(document.querySelector("${name}")).color`);
    await heard(page, 150);
    expect(await colourOf("#bpm")).toBe("rgb(0, 255, 0)");
    expect(await colourOf("#heart")).toBe("rgb(0, 0, 255)");
    await heard(page, 60);
    expect(await colourOf("#bpm")).toBe("rgb(255, 255, 255)");
  });

  test("has no heart where the configuration wants none", async () => {
    const { id } = await newWidget(server, token, { configuration: { heartEnabled: false } });
    const { page } = await open({}, id);
    await heard(page, 61);
    expect(await page.locator("#heart").isVisible()).toBe(false);
    expect(await page.locator("#bpm").isVisible()).toBe(true);
  });

  test("changes its light slowly instead of beating for those who asked for less motion", async () => {
    const { page } = await open({ context: { reducedMotion: "reduce" } });
    await heard(page, 150);
    const animation = await page.evaluate<{ rate: number; properties: string[] }>(
      `({ rate: ${BEAT}.playbackRate, properties: Object.keys(${BEAT}.effect.getKeyframes()[0]) })`,
    );
    expect(animation.rate).toBe(1);
    expect(animation.properties).toContain("opacity");
    expect(animation.properties).not.toContain("transform");
  });

  for (const [width, height] of [
    [200, 200],
    [200, 60],
    [390, 844],
    [1920, 1080],
  ] as const) {
    test(`fits a source of ${width} by ${height} pixels, with figures that can be read`, async () => {
      const { page } = await open({ context: { viewport: { width, height } } });
      await heard(page, 188);
      for (const part of ["#heart", "#bpm"]) {
        const box = await page.locator(part).boundingBox();
        expect(box?.x).toBeGreaterThanOrEqual(0);
        expect(box?.y).toBeGreaterThanOrEqual(0);
        expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(width);
        expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(height);
      }
      const size = await page.evaluate<string>('getComputedStyle(document.querySelector("#bpm")).fontSize');
      expect(Number.parseFloat(size)).toBeGreaterThanOrEqual(34);
    });
  }

  test("has nothing that a screen reader would stumble over", async () => {
    // The page's own policy lets no other script in; this one is the test's.
    const { page } = await open({ context: { bypassCSP: true } });
    await heard(page, 90);
    await page.addScriptTag({ content: axe.source });
    const { violations } = await page.evaluate<{ violations: readonly unknown[] }>("axe.run()");
    expect(violations).toEqual([]);
    // What a screen reader is told is there once: the edge around the figures is no text.
    expect(await page.locator("body").ariaSnapshot()).toContain('paragraph: "90"');
  });
}
