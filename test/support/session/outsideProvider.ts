import { join } from "node:path";
import { RunningCommand } from "../runningCommand.ts";
import { PageBrowser } from "./browser.ts";

const CLIENT_ID = "heartwire";
const CLIENT_SECRET = "a secret that only these two know";

/** A real OpenID provider in a process of its own, and a server's settings for it. */
export class OutsideProviderProcess implements AsyncDisposable {
  readonly issuer: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly #process: RunningCommand;

  private constructor(process: RunningCommand, issuer: string) {
    this.#process = process;
    this.issuer = issuer;
    this.environment = {
      HEARTWIRE_OIDC_ISSUER: issuer,
      HEARTWIRE_OIDC_CLIENT_ID: CLIENT_ID,
      HEARTWIRE_OIDC_CLIENT_SECRET: CLIENT_SECRET,
      HEARTWIRE_OIDC_NAME: "Example Works",
    };
  }

  /** @param origin of the server that it sends browsers back to */
  static async start(origin: string): Promise<OutsideProviderProcess> {
    const script = join("test", "support", "session", "outsideProviderProcess.mjs");
    const words = [process.execPath, script, CLIENT_ID, CLIENT_SECRET, `${origin}/session/outside/callback`];
    const command = new RunningCommand(words);
    const [, issuer = ""] = await command.stdout.until(/^(http:\S+)\n/m);
    return new OutsideProviderProcess(command, issuer);
  }

  /**
   * Goes through the provider's pages as a browser does.
   *
   * @param account `subject,email`; empty to refuse
   * @returns the address of ours to which the provider sends the browser back
   */
  async visit(url: string, account: string): Promise<string> {
    const browser = new PageBrowser(this.issuer);
    const plain = { origin: null, "content-type": null, "sec-fetch-site": null };
    let next = url;
    while (next.startsWith(this.issuer)) {
      const path = next.slice(this.issuer.length);
      const asked = path.startsWith("/interaction/")
        ? `${path}?account=${encodeURIComponent(account)}`
        : path;
      const response = await browser.send("GET", asked, { headers: plain });
      const location = response.headers.get("location");
      if (location === null) throw new Error(`${response.status}: ${await response.text()}`);
      next = new URL(location, this.issuer).href;
    }
    return next;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }
}
