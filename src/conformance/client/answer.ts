import type { Connection, Taken } from "./connection.ts";

/** An answer of the API is never longer in sane use. */
const BODY_BYTES_MAX = 4_194_304;

/** One HTTP answer, as it came over the connection. */
export class Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;

  /** @param headers by lower-case name; several of one name joined by a comma */
  constructor(status: number, headers: ReadonlyMap<string, string>, body: Buffer) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  /** @returns undefined where there is no such header */
  header(name: string): string | undefined {
    return this.headers.get(name.toLowerCase());
  }

  get text(): string {
    return this.body.toString("utf8");
  }

  /** @returns undefined when the body is no JSON */
  get json(): unknown {
    try {
      return JSON.parse(this.text);
    } catch {
      return undefined;
    }
  }

  get isJson(): boolean {
    return /^application\/json\s*(;|$)/i.test(this.header("content-type") ?? "") && this.json !== undefined;
  }
}

/**
 * Waits for one answer (RFC 9112), skipping those that only say that another one follows.
 *
 * @param hasBody false for the answer to HEAD, which declares a length and has no body
 * @throws NoAnswer
 */
export function readAnswer(connection: Connection, withinMs: number, hasBody = true): Promise<Answer> {
  return connection.take((received, hasEnded) => takeAnswer(received, hasEnded, hasBody), withinMs);
}

function takeAnswer(received: Buffer, hasEnded: boolean, hasBody: boolean): Taken<Answer> | undefined {
  const headEnd = received.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const [statusLine = "", ...lines] = received.subarray(0, headEnd).toString("latin1").split("\r\n");
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1] ?? 0);
  const start = headEnd + 4;
  if (status > 100 && status < 200 && status !== 101) {
    const next = takeAnswer(received.subarray(start), hasEnded, hasBody);
    return next && { value: next.value, length: start + next.length };
  }
  const headers = readHeaders(lines);
  const rest = received.subarray(start);
  const isEmpty = !hasBody || status === 101 || status === 204 || status === 304;
  const body = isEmpty ? { value: Buffer.alloc(0), length: 0 } : takeBody(headers, rest, hasEnded);
  return body && { value: new Answer(status, headers, body.value), length: start + body.length };
}

function readHeaders(lines: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}

function takeBody(
  headers: ReadonlyMap<string, string>,
  rest: Buffer,
  hasEnded: boolean,
): Taken<Buffer> | undefined {
  if (/chunked/i.test(headers.get("transfer-encoding") ?? "")) return takeChunks(rest);
  const declared = headers.get("content-length");
  const length = declared === undefined ? rest.length : Math.min(Number(declared) || 0, BODY_BYTES_MAX);
  // Without a declared length the body ends with the connection.
  if (declared === undefined ? !hasEnded && rest.length < BODY_BYTES_MAX : rest.length < length) {
    return undefined;
  }
  return { value: Buffer.from(rest.subarray(0, length)), length };
}

/** RFC 9112 section 7.1; trailers are not kept. */
function takeChunks(rest: Buffer): Taken<Buffer> | undefined {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = rest.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const length = Number.parseInt(rest.subarray(at, lineEnd).toString("latin1"), 16) || 0;
    if (length === 0) {
      const end = rest.indexOf("\r\n\r\n", lineEnd);
      return end < 0 ? undefined : { value: Buffer.concat(chunks), length: end + 4 };
    }
    const start = lineEnd + 2;
    if (rest.length < start + length + 2) return undefined;
    chunks.push(rest.subarray(start, start + length));
    at = start + length + 2;
  }
}
