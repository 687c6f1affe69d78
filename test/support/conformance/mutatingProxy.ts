import { connect, createServer, type Server, type Socket } from "node:net";

/** A request on its way to the server behind the proxy. */
export interface ProxiedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: Buffer;
  readonly isHandshake: boolean;
}

/** An answer on its way back. */
export interface ProxiedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export interface ProxiedFrame {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly isCompressed?: boolean;
}

/** One way in which a server breaks the wire. What it does not name stays as it is. */
export interface Mutation {
  /** Changes a request before the server sees it. */
  readonly request?: (request: ProxiedRequest) => ProxiedRequest;
  /** Answers in the server's place, also when the server is away. */
  readonly instead?: (request: ProxiedRequest) => ProxiedAnswer | undefined;
  /** Changes an answer; also that to a handshake, whose body is empty when it became a socket. */
  readonly answer?: (answer: ProxiedAnswer, request: ProxiedRequest) => ProxiedAnswer;
  /** Changes a frame of the server: one frame, several, or none. */
  readonly frame?: (frame: ProxiedFrame, request: ProxiedRequest) => readonly ProxiedFrame[];
  /** Says something of its own on a socket that has just opened, after some ms. */
  readonly greeting?: { readonly text: string; readonly afterMs: number };
  /** Answers what a client says. */
  readonly reply?: (text: string) => string | undefined;
  /** Answers when the server cannot be reached. */
  readonly away?: ProxiedAnswer;
}

/** A server that stands before another one and breaks rules that it keeps. */
export class MutatingProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  mutation: Mutation = {};

  private constructor(target: URL) {
    this.#server = createServer((client) => {
      this.#sockets.add(client);
      client.on("close", () => this.#sockets.delete(client));
      client.on("error", () => client.destroy());
      void serve(client, target, this.mutation).catch(() => client.destroy());
    });
  }

  static async start(origin: string): Promise<MutatingProxy> {
    const proxy = new MutatingProxy(new URL(origin));
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get base(): URL {
    const address = this.#server.address();
    return new URL(`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function serve(client: Socket, target: URL, mutation: Mutation): Promise<void> {
  const arrived = await readRequest(client);
  if (arrived === undefined) return;
  const request = mutation.request?.(arrived) ?? arrived;
  const instead = mutation.instead?.(request);
  if (instead !== undefined) return answer(client, instead);
  if (request.isHandshake) return bridge(client, target, request, mutation);
  let found: ProxiedAnswer;
  try {
    found = await forward(target, request);
  } catch {
    if (mutation.away === undefined) client.destroy();
    else answer(client, mutation.away);
    return;
  }
  answer(client, mutation.answer?.(found, request) ?? found);
}

function pathOf({ path, query }: ProxiedRequest): string {
  return query.size === 0 ? path : `${path}?${query}`;
}

async function forward(target: URL, request: ProxiedRequest): Promise<ProxiedAnswer> {
  const headers = new Headers(request.headers);
  for (const name of ["host", "content-length", "connection", "accept-encoding"]) headers.delete(name);
  const response = await fetch(new URL(pathOf(request), target), {
    method: request.method,
    headers,
    redirect: "manual",
    ...(["GET", "HEAD"].includes(request.method) ? {} : { body: request.body }),
  });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

function answer(client: Socket, { status, headers, body }: ProxiedAnswer): void {
  const lines = [...headers]
    .filter(
      ([name]) => !["content-length", "connection", "transfer-encoding", "content-encoding"].includes(name),
    )
    .map(([name, value]) => `${name}: ${value}`);
  const head = [
    `HTTP/1.1 ${status} Mutated`,
    ...lines,
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  client.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

/** Passes a handshake and the frames after it, each through the mutation. */
function bridge(client: Socket, target: URL, request: ProxiedRequest, mutation: Mutation): void {
  const server = connect({ host: target.hostname, port: Number(target.port) });
  const headers = [...request.headers]
    .filter(([name]) => name !== "host")
    .map(([name, value]) => `${name}: ${value}`);
  server.write([`GET ${pathOf(request)} HTTP/1.1`, `host: ${target.host}`, ...headers, "", ""].join("\r\n"));
  server.on("error", () => client.destroy());
  client.on("close", () => server.destroy());
  server.on("close", () => client.end());
  let received = Buffer.alloc(0);
  let isOpen = false;
  const say = (frame: ProxiedFrame) => client.write(encodeFrame(frame));
  server.on("data", (chunk) => {
    received = Buffer.concat([received, Buffer.from(chunk)]);
    if (!isOpen) {
      const end = received.indexOf("\r\n\r\n");
      if (end < 0) return;
      const found = readHead(
        received.subarray(0, end).toString("latin1"),
        received.subarray(end + 4).toString(),
      );
      const changed = mutation.answer?.(found, request) ?? found;
      if (found.status !== 101) return answer(client, changed);
      isOpen = true;
      received = received.subarray(end + 4);
      const lines = [...changed.headers].map(([name, value]) => `${name}: ${value}`);
      client.write([`HTTP/1.1 ${changed.status} Mutated`, ...lines, "", ""].join("\r\n"));
      const { greeting } = mutation;
      if (greeting !== undefined)
        setTimeout(() => say({ opcode: 1, payload: Buffer.from(greeting.text) }), greeting.afterMs);
    }
    for (let frame = takeFrame(received); frame !== undefined; frame = takeFrame(received)) {
      received = received.subarray(frame.length);
      for (const one of mutation.frame?.(frame, request) ?? [frame]) say(one);
    }
  });
  client.on("data", (chunk) => {
    const frame = takeFrame(Buffer.from(chunk));
    const reply = frame?.opcode === 1 ? mutation.reply?.(frame.payload.toString()) : undefined;
    if (reply !== undefined) say({ opcode: 1, payload: Buffer.from(reply) });
    server.write(chunk);
  });
}

function readHead(head: string, body: string): ProxiedAnswer {
  const [first = "", ...lines] = head.split("\r\n");
  const headers = new Headers();
  for (const line of lines)
    headers.append(line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim());
  return { status: Number(first.split(" ")[1]), headers, body };
}

/** Reads one request; connections are not used again. @returns undefined when the client leaves before its end */
function readRequest(client: Socket): Promise<ProxiedRequest | undefined> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0);
    const look = (chunk: Buffer | string) => {
      received = Buffer.concat([received, Buffer.from(chunk as Buffer)]);
      const end = received.indexOf("\r\n\r\n");
      if (end < 0) return;
      const [first = "", ...lines] = received.subarray(0, end).toString("latin1").split("\r\n");
      const { headers } = readHead(["", ...lines].join("\r\n"), "");
      const body = received.subarray(end + 4);
      if (body.length < Number(headers.get("content-length") ?? 0)) return;
      client.off("data", look);
      const [method = "", target = "/"] = first.split(" ");
      const url = new URL(target, "http://proxy");
      const isHandshake = headers.get("upgrade") !== null;
      resolve({
        method,
        path: url.pathname,
        query: url.searchParams,
        headers,
        body: Buffer.from(body),
        isHandshake,
      });
    };
    client.on("data", look);
    client.on("close", () => resolve(undefined));
  });
}

/** A frame of the server, unmasked, or one of a client, masked. */
function takeFrame(bytes: Buffer): (ProxiedFrame & { readonly length: number }) | undefined {
  if (bytes.length < 2) return undefined;
  const isMasked = (bytes[1] as number) >= 0x80;
  const short = (bytes[1] as number) & 0x7f;
  const start = (short === 126 ? 4 : 2) + (isMasked ? 4 : 0);
  if (bytes.length < start) return undefined;
  const length = start + (short === 126 ? bytes.readUInt16BE(2) : short);
  if (bytes.length < length) return undefined;
  const mask = bytes.subarray(start - 4, start);
  const payload = bytes
    .subarray(start, length)
    .map((byte, place) => (isMasked ? byte ^ (mask[place % 4] as number) : byte));
  return {
    opcode: (bytes[0] as number) & 0x0f,
    isCompressed: ((bytes[0] as number) & 0x40) !== 0,
    payload: Buffer.from(payload),
    length,
  };
}

function encodeFrame({ opcode, payload, isCompressed }: ProxiedFrame): Buffer {
  const length = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 0xff];
  return Buffer.concat([Buffer.from([0x80 | (isCompressed ? 0x40 : 0) | opcode, ...length]), payload]);
}
