import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { inSeconds, NoAnswer } from "../client/connection.ts";
import { UnusableOptions } from "../options.ts";

/** What a browser brought to the redirect address: query and fragment as they were written, without ? and #. */
export interface Arrival {
  readonly query: string;
  readonly fragment: string;
}

const PATH = "/callback";

/** No answer to an authorization request is longer. */
const FRAGMENT_CHARACTERS_MAX = 16_384;

/** A fragment is sent to no server: the page that arrives with it hands it over, and takes it out of the browser's history. */
const PAGE = `<!doctype html><meta charset="utf-8"><title>Conformance</title><p>Done. You may close this page.</p>
<script>
if (location.hash) {
  fetch(location.href, { method: "POST", body: location.hash.slice(1) });
  history.replaceState(null, "", location.pathname);
}
</script>
`;

/** The redirect address of the kit: it listens on this machine, as native apps do (RFC 8252 section 7.3). */
export class Callback implements Disposable {
  readonly #server: Server;
  readonly #arrivals: Arrival[] = [];
  #wake = () => {};

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
    // A run that is over does not wait for a browser.
    this.#server.unref();
  }

  /** @throws UnusableOptions when the port is taken */
  static async open(port: number): Promise<Callback> {
    const callback = new Callback();
    const server = callback.#server;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
    }).catch((error: Error) => {
      throw new UnusableOptions(`The redirect address cannot be opened: ${error.message}`);
    });
    return callback;
  }

  get redirectUri(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${PATH}`;
  }

  /** Forgets who came before. */
  forget(): void {
    this.#arrivals.length = 0;
  }

  /** Waits for a browser. @throws NoAnswer */
  async arrival(withinMs: number): Promise<Arrival> {
    const until = performance.now() + withinMs;
    for (;;) {
      const first = this.#arrivals.shift();
      if (first !== undefined) return first;
      const leftMs = until - performance.now();
      if (leftMs <= 0) {
        throw new NoAnswer(
          `no browser came to the redirect address within ${inSeconds(withinMs)} of the hook's end`,
        );
      }
      await this.#next(leftMs);
    }
  }

  [Symbol.dispose](): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #next(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #arrive(arrival: Arrival): void {
    this.#arrivals.push(arrival);
    this.#wake();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path, query = ""] = (request.url ?? "").split(/\?(.*)/s);
    if (path !== PATH) return void response.writeHead(404).end();
    if (request.method === "POST") {
      this.#arrive({ query, fragment: await readText(request) });
      return void response.writeHead(204).end();
    }
    if (isWhole(query)) this.#arrive({ query, fragment: "" });
    const headers = { "content-type": "text/html; charset=utf-8", "referrer-policy": "no-referrer" };
    response.writeHead(200, headers).end(PAGE);
  }
}

/** Whether a query says how it ended; otherwise the fragment will. */
function isWhole(query: string): boolean {
  const parameters = new URLSearchParams(query);
  return ["code", "error", "access_token"].some((name) => parameters.has(name));
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const bytes of request) {
    text += bytes;
    if (text.length > FRAGMENT_CHARACTERS_MAX) break;
  }
  return text;
}
