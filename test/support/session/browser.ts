import type { TestServer } from "../server.ts";

/** Hashing that costs next to nothing, for tests that sign in often. */
export const CHEAP_PASSWORDS = { memoryKibibytes: 8, passes: 1 } as const;

export const PASSWORD = "correct horse battery";

export interface Sent {
  readonly body?: unknown;
  /** In place of what a page of the server sends; null sends none. */
  readonly headers?: Readonly<Record<string, string | null>>;
}

/** A browser on a page of ours, as far as requests go: it keeps cookies, and says by itself where it is. */
export class PageBrowser {
  readonly cookies = new Map<string, string>();
  readonly #origin: string;
  readonly #fetch: (url: string, init: RequestInit) => Promise<Response>;

  constructor(origin: string, send: (url: string, init: RequestInit) => Promise<Response> = fetch) {
    this.#origin = origin;
    this.#fetch = send;
  }

  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  async send(method: string, path: string, { body, headers }: Sent = {}): Promise<Response> {
    const own: Record<string, string | null> = {
      origin: this.#origin,
      "sec-fetch-site": "same-origin",
      "content-type": "application/json",
      ...(this.cookies.size === 0 ? {} : { cookie: this.cookie }),
      ...headers,
    };
    const response = await this.#fetch(`${this.#origin}${path}`, {
      method,
      headers: Object.entries(own).filter((entry): entry is [string, string] => entry[1] !== null),
      redirect: "manual",
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie);
    return response;
  }

  post(path: string, body?: unknown, headers: Sent["headers"] = {}): Promise<Response> {
    return this.send("POST", `/session/${path}`, { body, headers });
  }

  #keep(setCookie: string): void {
    const [pair = ""] = setCookie.split(";");
    const [name = "", value = ""] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
    if (value === "" || /max-age=0(;|$)/i.test(setCookie)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** The origin of a test server under the name that pages of this machine have. */
export function pageOriginOf({ origin }: Pick<TestServer, "origin">): string {
  return origin.replace("127.0.0.1", "localhost");
}
