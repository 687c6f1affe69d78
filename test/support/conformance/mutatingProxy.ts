import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { Answer, readAnswer } from "../../../src/conformance/client/answer.ts";
import { Connection } from "../../../src/conformance/client/connection.ts";
import { type Frame, OPCODE, takeFrame } from "../../../src/conformance/client/frames.ts";

/** A request as it is passed on. */
export interface Passed {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** What is wrong with a server: each part stands between the kit and a server that does everything right. */
export interface Fault {
  /** Answers in the server's place, or changes what it is asked or says; undefined hangs up. */
  readonly answer?: (
    request: Passed,
    next: (request: Passed) => Promise<Answer>,
  ) => Answer | undefined | Promise<Answer | undefined>;
  /** What is sent in place of a frame of the server's. */
  readonly frame?: (frame: Frame, request: Passed) => readonly Frame[] | Promise<readonly Frame[]>;
  /** What is sent by itself when the socket has opened, or some time later. */
  readonly greeting?: (request: Passed) => readonly Frame[] | Promise<readonly Frame[]>;
  /** What is sent in answer to a client's frame. */
  readonly reply?: (frame: Frame, request: Passed) => readonly Frame[];
}

const UPSTREAM_TIMEOUT_MS = 10_000;

/** A server with one fault: a proxy that passes everything on byte for byte but for that. */
export class MutatingProxy implements Disposable {
  readonly #server: Server;
  readonly #clients = new Set<Socket>();
  readonly #upstream: URL;
  readonly #fault: Fault;

  private constructor(upstream: string, fault: Fault) {
    this.#upstream = new URL(upstream);
    this.#fault = fault;
    this.#server = createServer((client) => void this.#serve(client));
  }

  static async start(upstream: string, fault: Fault): Promise<MutatingProxy> {
    const proxy = new MutatingProxy(upstream, fault);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  [Symbol.dispose](): void {
    this.#server.close();
    for (const client of this.#clients) client.destroy();
  }

  async #serve(client: Socket): Promise<void> {
    this.#clients.add(client);
    client.on("error", () => {});
    client.on("close", () => this.#clients.delete(client));
    try {
      await this.#relay(client);
    } catch {
      // What the server does not answer nobody answers.
      client.destroy();
    }
  }

  async #relay(client: Socket): Promise<void> {
    const { request, rest } = await readRequest(client);
    let upstream: Connection | undefined;
    const next = async (passed: Passed) => {
      upstream?.[Symbol.dispose]();
      upstream = await this.#open();
      upstream.send(headOf(passed));
      upstream.send(passed.body);
      return await readAnswer(upstream, UPSTREAM_TIMEOUT_MS, passed.method !== "HEAD");
    };
    const { answer: change } = this.#fault;
    const answer = await (change === undefined ? next(request) : change(request, next));
    if (answer === undefined) client.destroy();
    else client.write(bytesOf(answer));
    if (answer?.status === 101 && upstream !== undefined) await this.#talk(client, upstream, request, rest);
    else {
      upstream?.[Symbol.dispose]();
      client.end();
    }
  }

  #open(): Promise<Connection> {
    return Connection.open({ base: this.#upstream, answerTimeoutMs: UPSTREAM_TIMEOUT_MS });
  }

  /** Passes frames on both ways until one side ends. */
  async #talk(client: Socket, upstream: Connection, request: Passed, rest: Buffer): Promise<void> {
    const { frame: change, greeting, reply } = this.#fault;
    void Promise.resolve(greeting?.(request) ?? []).then((frames) => {
      for (const frame of frames) client.write(encode(frame));
    });
    let said = rest;
    const hear = (bytes: Buffer) => {
      upstream.send(bytes);
      said = Buffer.concat([said, bytes]);
      for (let taken = takeMasked(said); taken !== undefined; taken = takeMasked(said)) {
        said = said.subarray(taken.length);
        for (const frame of reply?.(taken.value, request) ?? []) client.write(encode(frame));
      }
    };
    client.on("data", (bytes) => hear(bytes as Buffer));
    client.resume();
    client.on("close", () => upstream[Symbol.dispose]());
    try {
      for (;;) {
        const frame = await upstream.take(takeFrame, 2_147_483_647);
        const frames = change === undefined ? [frame] : await change(frame, request);
        for (const one of frames) client.write(encode(one));
        if (frame.opcode === OPCODE.close && frames.length > 0) break;
      }
    } catch {
      // The server has gone.
    }
    upstream[Symbol.dispose]();
    client.end();
  }
}

/** An answer with some parts replaced. */
export function changed(
  answer: Answer,
  parts: {
    readonly status?: number;
    /** Undefined takes a header away. */
    readonly headers?: Readonly<Record<string, string | undefined>>;
    readonly body?: string;
  },
): Answer {
  const headers = new Map(answer.headers);
  for (const [name, value] of Object.entries(parts.headers ?? {})) {
    if (value === undefined) headers.delete(name);
    else headers.set(name, value);
  }
  const body = parts.body === undefined ? answer.body : Buffer.from(parts.body);
  return new Answer(parts.status ?? answer.status, headers, body);
}

/** An answer in JSON that the server itself never gave. */
export function made(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  const all = { "content-type": "application/json", "access-control-allow-origin": "*", ...headers };
  return new Answer(status, new Map(Object.entries(all)), Buffer.from(body));
}

/** A request with another body. */
export function withBody(request: Passed, body: string): Passed {
  const headers = new Map(request.headers).set("content-length", String(Buffer.byteLength(body)));
  return { ...request, headers, body: Buffer.from(body) };
}

/** A request with other headers; undefined takes one away. */
export function withHeaders(request: Passed, changes: Readonly<Record<string, string | undefined>>): Passed {
  const headers = new Map(request.headers);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) headers.delete(name);
    else headers.set(name, value);
  }
  return { ...request, headers };
}

export function textFrame(text: string): Frame {
  return { opcode: OPCODE.text, isFinal: true, isCompressed: false, payload: Buffer.from(text) };
}

export function closeFrame(code: number): Frame {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return { opcode: OPCODE.close, isFinal: true, isCompressed: false, payload };
}

async function readRequest(client: Socket): Promise<{ readonly request: Passed; readonly rest: Buffer }> {
  let received: Buffer = Buffer.alloc(0);
  for await (const bytes of client.iterator({ destroyOnReturn: false })) {
    received = Buffer.concat([received, bytes as Buffer]);
    const headEnd = received.indexOf("\r\n\r\n");
    if (headEnd < 0) continue;
    const [first = "", ...lines] = received.subarray(0, headEnd).toString("latin1").split("\r\n");
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    const end = headEnd + 4 + Number(headers.get("content-length") ?? 0);
    if (received.length < end) continue;
    const [method = "", target = ""] = first.split(" ");
    const url = new URL(target, "http://localhost");
    const body = Buffer.from(received.subarray(headEnd + 4, end));
    const request = { method, path: url.pathname, query: url.searchParams, headers, body };
    return { request, rest: Buffer.from(received.subarray(end)) };
  }
  throw new Error("the client has gone");
}

function headOf({ method, path, query, headers }: Passed): string {
  const search = query.size === 0 ? "" : `?${query}`;
  const lines = [...headers].map(([name, value]) => `${name}: ${value}`);
  return `${[`${method} ${path}${search} HTTP/1.1`, ...lines].join("\r\n")}\r\n\r\n`;
}

function bytesOf({ status, headers, body }: Answer): Buffer {
  const hasLength = status !== 101 && status !== 204;
  const kept = [...headers].filter(([name]) => !["content-length", "transfer-encoding"].includes(name));
  const lines = kept.map(([name, value]) => `${name}: ${value}`);
  if (hasLength) lines.push(`content-length: ${body.length}`);
  return Buffer.concat([Buffer.from(`${[`HTTP/1.1 ${status} .`, ...lines].join("\r\n")}\r\n\r\n`), body]);
}

function encode({ opcode, isFinal, isCompressed, payload }: Frame): Buffer {
  const first = (isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0) | opcode;
  const length =
    payload.length < 126 ? [payload.length] : [126, (payload.length >> 8) & 0xff, payload.length & 0xff];
  return Buffer.concat([Buffer.from([first, ...length]), payload]);
}

/** A frame of a client's, unmasked; none of the kit's is longer than 65535 bytes. */
function takeMasked(bytes: Buffer): { readonly value: Frame; readonly length: number } | undefined {
  if (bytes.length < 2) return undefined;
  const [first, second] = [bytes.readUInt8(0), bytes.readUInt8(1)];
  const isLong = (second & 0x7f) === 126;
  const start = (isLong ? 4 : 2) + 4;
  if (bytes.length < start) return undefined;
  const size = isLong ? bytes.readUInt16BE(2) : second & 0x7f;
  if (bytes.length < start + size) return undefined;
  const mask = bytes.subarray(start - 4, start);
  const payload = Buffer.from(
    bytes.subarray(start, start + size).map((byte, index) => byte ^ (mask[index % 4] as number)),
  );
  const value = { opcode: first & 0x0f, isFinal: first >= 0x80, isCompressed: false, payload };
  return { value, length: start + size };
}
