import type { Browser, Page } from "playwright-core";
import type { TestServer } from "../server.ts";
import { PASSWORD, PageBrowser, pageOriginOf } from "../session/browser.ts";
import { newAccount, pageToken } from "../session/people.ts";
import type { Registration } from "./webApp.ts";

/** Somebody with an account, in front of a browser in which nobody is signed in yet. */
export interface AtTheBrowser {
  readonly page: Page;
  readonly email: string;
  /** The name of their profile. */
  readonly user: string;
  /** What went wrong on the pages, in the browser's words. */
  readonly complaints: readonly string[];
  /** Registers an app of theirs, as the Developer page does. */
  register(app: NewApp): Promise<Registration>;
  /** Signs in on the page to which the browser was led. */
  signIn(): Promise<void>;
  /** Answers the app that asks. */
  allow(): Promise<void>;
}

export interface NewApp {
  readonly name: string;
  readonly redirect_uris: readonly string[];
  readonly confidential: boolean;
  readonly implicit: boolean;
}

export async function somebodyAtTheBrowser(server: TestServer, browser: Browser): Promise<AtTheBrowser> {
  const origin = pageOriginOf(server);
  const account = await newAccount(server, new PageBrowser(origin));
  const token = await pageToken(account.browser);
  const page = await (await browser.newContext()).newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  return {
    page,
    email: account.email,
    user: account.name,
    complaints,
    async register(app) {
      const response = await fetch(`${origin}/api/heartwire/v1/account/clients`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(app),
      });
      if (response.status !== 200) throw new Error(`not registered: ${await response.text()}`);
      const { client, client_secret: secret } = (await response.json()) as {
        readonly client: { readonly client_id: string };
        readonly client_secret: string | null;
      };
      return { clientId: client.client_id, ...(secret === null ? {} : { clientSecret: secret }) };
    },
    async signIn() {
      await page.getByLabel("E-mail").fill(account.email);
      await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
    },
    // "Allow" rests for a moment after the page came; a person presses it when it wakes.
    async allow() {
      await page.locator('button[aria-disabled="false"]', { hasText: /^Allow$/ }).click();
    },
  };
}
