import type { Browser, Page } from "playwright-core";
import { type TestServer, write } from "./server.ts";

/** The animation of the heart, in the page. */
export const BEAT = 'document.querySelector("#heart").getAnimations()[0]';

/** What the browser tells its console of a link that is closed, and of one without a reading yet. */
const EXPECTED = /status of (404|412)/;

export interface OpenedOverlay {
  readonly page: Page;
  /** What the page did wrong, in the browser's words. */
  readonly complaints: readonly string[];
}

export interface OverlayOptions {
  /** What is done to the page before it asks for anything. */
  readonly prepare?: (page: Page) => Promise<void>;
  readonly context?: Parameters<Browser["newContext"]>[0];
}

/** Opens an overlay in a browser window of its own, as large as a source of OBS may be. */
export async function openOverlay(
  browser: Browser,
  origin: string,
  widgetId: string,
  { prepare, context }: OverlayOptions = {},
): Promise<OpenedOverlay> {
  const window = await browser.newContext({
    viewport: { width: 400, height: 200 },
    timezoneId: "UTC",
    ...context,
  });
  const page = await window.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !EXPECTED.test(message.text())) complaints.push(message.text());
  });
  await prepare?.(page);
  await page.goto(`${origin}/widget/view/${widgetId}`);
  return { page, complaints };
}

/** A device's clock may be wrong: what it says lies in the past, so that only what is heard live counts as new. */
let measuredAt = Date.UTC(2024, 2, 1, 17);

/** Sends readings of a heart rate until the page shows it: it may not listen yet. */
export async function beatUntilShown(
  { origin }: Pick<TestServer, "origin">,
  token: string,
  page: Page,
  bpm: number,
): Promise<void> {
  while ((await page.locator("#bpm").textContent()) !== String(bpm)) {
    await write(origin, token, ++measuredAt, bpm);
    await Bun.sleep(20);
  }
}

/** Waits until the page shows something: the pulse, or that the link is closed. */
export async function untilShown(page: Page, part: "pulse" | "closed"): Promise<void> {
  await page.waitForSelector(`body[data-shows="${part}"]`, { state: "attached" });
}

/** Waits until an element has come or gone in full: soft changes are animations. */
export async function animationsEnd(page: Page, selector: string): Promise<void> {
  await page.evaluate(
    `Promise.all(document.querySelector("${selector}").getAnimations().map((one) => one.finished))`,
  );
}

/** How opaque a page is at some points, from 0 to 255, as OBS sees it: its ground is whatever lies behind it. */
export async function opacitiesOf(
  page: Page,
  points: readonly (readonly [x: number, y: number])[],
): Promise<readonly number[]> {
  const picture = (await page.screenshot({ omitBackground: true })).toString("base64");
  const blank = await page.context().newPage();
  const alphas = await blank.evaluate<number[]>(`(async () => {
    const picture = await createImageBitmap(await (await fetch("data:image/png;base64,${picture}")).blob());
    const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
    context.drawImage(picture, 0, 0);
    return ${JSON.stringify(points)}.map(([x, y]) => context.getImageData(x, y, 1, 1).data[3]);
  })()`);
  await blank.close();
  return alphas;
}
