import { afterAll, afterEach, beforeAll } from "bun:test";
import axe from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { hashInvitationCode, newInvitationCode } from "../../../src/auth/invitations.ts";
import type { EpochMs } from "../../../src/domain/reading.ts";
import type { LinkKind } from "../../../src/storage/links.ts";
import { openBrowser } from "../browser.ts";
import type { startTestServer, TestServer } from "../server.ts";
import { CHEAP_PASSWORDS, PASSWORD, PageBrowser, pageOriginOf } from "../session/browser.ts";
import { sharedServer } from "../sharedServer.ts";

const HOUR_MS = 3_600_000;

/** Somebody with an account, and a browser in which they are signed in. */
export interface AppPerson {
  readonly name: string;
  readonly email: string;
  readonly browser: PageBrowser;
}

export interface Window {
  readonly page: Page;
  /** Every request: its address, and its headers without the token by which pages ask. */
  readonly asked: readonly string[];
  /** What the browser had to complain of: faults of scripts, and what the policy forbade. */
  readonly complaints: readonly string[];
}

type WindowOptions = Parameters<Browser["newContext"]>[0] & { readonly person?: AppPerson };

/** The pages of one server in one browser, for all tests of a file; each test has windows and people of its own. */
export class AppPages {
  readonly #server: () => TestServer;
  readonly #browser: () => Browser;

  constructor(server: () => TestServer, browser: () => Browser) {
    this.#server = server;
    this.#browser = browser;
  }

  get server(): TestServer {
    return this.#server();
  }

  /** Under the name that pages of this machine have. */
  get origin(): string {
    return pageOriginOf(this.server);
  }

  /** A link that works once. @returns its code */
  async link(kind: LinkKind, of: { readonly user?: string; readonly email?: string } = {}): Promise<string> {
    const { directory } = this.server.server.storage;
    const code = newInvitationCode();
    const now = Date.now() as EpochMs;
    const profile = of.user === undefined ? undefined : await directory.findOrCreateProfile(of.user, now);
    const person = of.email === undefined ? undefined : await directory.people.findByEmail(of.email);
    await directory.links.create({
      kind,
      codeHash: hashInvitationCode(code) as string,
      createdAt: now,
      expiresAt: (now + HOUR_MS) as EpochMs,
      ...(profile === undefined ? {} : { profile: profile.id }),
      ...(person === undefined ? {} : { person: person.id }),
    });
    return code;
  }

  /** Makes an account by an invitation, as its page does. */
  async person(name = "Anna Berger"): Promise<AppPerson> {
    const email = `${crypto.randomUUID()}@example.org`;
    const browser = new PageBrowser(this.origin);
    const code = await this.link("invitation");
    const response = await browser.post("sign-up", { name, email, password: PASSWORD, code });
    if (!response.ok) throw new Error(`no account was made: ${await response.text()}`);
    return { name, email, browser };
  }

  /** Asks the API as a person, by a token of their session. */
  async api<Answer>({ browser }: AppPerson, method: string, path: string, body?: unknown): Promise<Answer> {
    const { access_token } = (await (await browser.post("token", {})).json()) as { access_token: string };
    const response = await fetch(`${this.origin}/api/heartwire/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${access_token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (response.status === 204 ? undefined : await response.json()) as Answer;
  }

  /** Opens a page, signed in as somebody where one is named, and waits until it shows what it asked for. */
  async open(path: string, { person, ...options }: WindowOptions = {}): Promise<Window> {
    const window = await this.#browser().newContext({ viewport: { width: 1280, height: 800 }, ...options });
    if (person !== undefined) await this.#signIn(window, person);
    const page = await window.newPage();
    // Sooner than a test ends: what was waited for is then named.
    page.setDefaultTimeout(10_000);
    const asked: string[] = [];
    const complaints: string[] = [];
    page.on("request", (request) => {
      const { authorization, cookie, ...headers } = request.headers();
      asked.push(`${request.url()} ${JSON.stringify(headers)}`);
    });
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(`${this.origin}${path}`);
    await settled(page);
    return { page, asked, complaints };
  }

  async #signIn(window: BrowserContext, { browser }: AppPerson): Promise<void> {
    const cookies = [...browser.cookies].map(([name, value]) => ({ name, value, url: this.origin }));
    await window.addCookies(cookies);
  }
}

/** Waits until a page shows what it asked for, and not its shape. */
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector("h1");
  await page.waitForSelector(".shape", { state: "detached" });
}

/** What axe finds fault with, by rule and place. Pages for it are opened with `bypassCSP`: axe is the test's, not theirs. */
export async function faultsOf(page: Page): Promise<readonly string[]> {
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.addScriptTag({ content: axe.source });
  const { violations } = await page.evaluate<{
    violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
  }>("axe.run()");
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

/** What there is on a page that is wider than its place. */
export function scrollingSideways(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(
    `[document.documentElement, ...document.querySelectorAll("main, nav, pre, code, dialog, .panel")]
      .filter((one) => getComputedStyle(one).display !== "inline" && one.scrollWidth > one.clientWidth + 1)
      .map((one) => one.tagName + " " + one.textContent.slice(0, 60))`,
  );
}

/** A server and a browser for the tests of a file. */
export function appPages(
  executablePath: string,
  options: Parameters<typeof startTestServer>[0] = {},
): AppPages {
  const server = sharedServer({ passwordCost: CHEAP_PASSWORDS, ...options });
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser(executablePath);
  });
  afterEach(async () => {
    for (const window of browser.contexts()) await window.close();
  });
  afterAll(() => browser?.close());
  return new AppPages(server, () => browser);
}
