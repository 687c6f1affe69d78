import { type Answer, readAnswer } from "./answer.ts";
import { Connection, type Target } from "./connection.ts";

/** One request, as a check words it. */
export interface Asked {
  readonly method?: string;
  /** Below the base address, with its query. */
  readonly path: string;
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** One question and its answer, kept for the rules that hold for every answer. */
export interface Exchange {
  readonly method: string;
  /** Without its query, which may hold a token. */
  readonly path: string;
  readonly answer: Answer;
}

/** Asks over connections of its own, byte for byte. */
export class HttpClient {
  readonly target: Target;
  /** Everything that was asked so far. */
  readonly exchanges: Exchange[] = [];

  constructor(target: Target) {
    this.target = target;
  }

  /** @throws NoAnswer, at once when the signal is aborted */
  async ask(asked: Asked, signal?: AbortSignal): Promise<Answer> {
    using connection = await Connection.open(this.target);
    signal?.addEventListener("abort", () => connection[Symbol.dispose](), { once: true });
    connection.send(requestHead(this.target.base, asked, { connection: "close" }));
    if (asked.body !== undefined) connection.send(asked.body);
    const answer = await readAnswer(connection, this.target.answerTimeoutMs, asked.method !== "HEAD");
    this.keep(asked, answer);
    return answer;
  }

  keep({ method = "GET", path }: Asked, answer: Answer): void {
    this.exchanges.push({ method, path: path.split("?")[0] ?? "", answer });
  }
}

/** The first line and the headers of a request, up to its body. */
export function requestHead(
  base: URL,
  { method = "GET", path, token, headers = {}, body }: Asked,
  own: Readonly<Record<string, string>>,
): string {
  const folder = base.pathname.replace(/\/$/, "");
  const length = body === undefined ? undefined : Buffer.byteLength(body as string);
  const all: Readonly<Record<string, string>> = {
    host: base.host,
    ...own,
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(length !== undefined || method === "POST" ? { "content-length": String(length ?? 0) } : {}),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `${[`${method} ${folder}${path} HTTP/1.1`, ...lines].join("\r\n")}\r\n\r\n`;
}
