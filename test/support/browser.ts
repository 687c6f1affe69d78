import { type Browser, chromium } from "playwright-core";

/** Where Debian and others put Chromium. */
const PROGRAMS = ["chromium", "chromium-browser", "google-chrome"];

/** Without these it asks its maker's hosts, which a test has no business with. */
const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** The browser of this machine, or undefined, with one line that says what is missing. In CI that is a failure. */
export function findBrowser(): string | undefined {
  const found = PROGRAMS.map((name) => Bun.which(name)).find((path) => path !== null);
  if (found !== undefined && found !== null) return found;
  const sentence = "Chromium is not installed: the tests of pages in a browser are left out.";
  if (process.env.CI === "true") throw new Error(sentence);
  console.error(sentence);
  return undefined;
}

export function openBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: ARGUMENTS });
}
