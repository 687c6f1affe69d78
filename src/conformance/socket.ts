import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectSecure } from "node:tls";

/** A frame as it came over the connection (RFC 6455 section 5.2). */
export interface SocketFrame {
  readonly opcode: number;
  readonly isFinal: boolean;
  /** RSV1: compressed. */
  readonly isCompressed: boolean;
  readonly payload: Buffer;
}

export const TEXT = 1;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

/** What a server said instead of a socket. */
export interface Handshake {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

const WAIT_MS = 5_000;

/** A WebSocket client that shows every frame as it came, and answers pings. */
export class ProbeSocket {
  readonly #connection: Socket;
  #received = Buffer.alloc(0);
  #isClosed = false;
  #wake: () => void = () => {};
  handshake: Handshake = { status: 0, headers: new Map(), body: "" };

  private constructor(connection: Socket) {
    this.#connection = connection;
    connection.on("data", (chunk) => {
      this.#received = Buffer.concat([this.#received, Buffer.from(chunk)]);
      this.#wake();
    });
    for (const event of ["close", "error"] as const) {
      connection.on(event, () => {
        this.#isClosed = true;
        this.#wake();
      });
    }
  }

  /**
   * Sends a handshake; the answer may be a refusal.
   *
   * @throws Error when nobody answers in time
   */
  static async open(
    base: URL,
    path: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<ProbeSocket> {
    const isSecure = base.protocol === "https:";
    const port = Number(base.port) || (isSecure ? 443 : 80);
    const host = base.hostname.replace(/^\[|\]$/g, "");
    const connection = isSecure
      ? connectSecure({ host, port, servername: host })
      : connectPlain({ host, port });
    const socket = new ProbeSocket(connection);
    const lines = Object.entries<string>({
      host: base.host,
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      ...headers,
    }).map(([name, value]) => `${name}: ${value}`);
    connection.write([`GET ${path} HTTP/1.1`, ...lines, "", ""].join("\r\n"));
    socket.handshake = await socket.#readHandshake();
    return socket;
  }

  get isOpen(): boolean {
    return this.handshake.status === 101 && !this.#isClosed;
  }

  /** The next text or close frame; pings are answered and left out. @returns undefined when none comes in time */
  async next(waitMs = WAIT_MS): Promise<SocketFrame | undefined> {
    const until = performance.now() + waitMs;
    for (;;) {
      const frame = await this.#frame(until);
      if (frame === undefined || frame.opcode !== PING) return frame;
      this.send(PONG, frame.payload);
    }
  }

  /** The next frame of any kind. @returns undefined when none comes in time */
  any(waitMs = WAIT_MS): Promise<SocketFrame | undefined> {
    return this.#frame(performance.now() + waitMs);
  }

  /** The text of the next frame; what it is in words when it is no text. */
  async text(waitMs = WAIT_MS): Promise<string> {
    const frame = await this.next(waitMs);
    if (frame === undefined) return this.#isClosed ? "(the connection ended)" : "(no frame)";
    if (frame.opcode === CLOSE) return `(closed with ${closeCode(frame)})`;
    return frame.opcode === TEXT ? frame.payload.toString() : `(a frame of opcode ${frame.opcode})`;
  }

  /** How the socket is closed, from the server's side. @returns undefined when it is not in time */
  async closeCode(waitMs: number): Promise<number | undefined> {
    const until = performance.now() + waitMs;
    for (;;) {
      const frame = await this.next(Math.max(0, until - performance.now()));
      if (frame === undefined) return this.#isClosed ? 1006 : undefined;
      if (frame.opcode === CLOSE) return closeCode(frame);
    }
  }

  /** Sends a frame of up to 125 bytes, masked as clients must. */
  send(opcode: number, payload: string | Uint8Array = ""): void {
    const bytes = Buffer.from(payload as string);
    const mask = crypto.getRandomValues(Buffer.alloc(4));
    const masked = bytes.map((byte, place) => byte ^ (mask[place % 4] as number));
    this.#connection.write(Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | bytes.length]), mask, masked]));
  }

  end(): void {
    this.#connection.destroy();
  }

  async #readHandshake(): Promise<Handshake> {
    const until = performance.now() + WAIT_MS;
    for (;;) {
      const end = this.#received.indexOf("\r\n\r\n");
      if (end >= 0) {
        const handshake = parseHead(this.#received.subarray(0, end).toString("latin1"));
        const length = Number(handshake.headers.get("content-length") ?? 0);
        if (handshake.status === 101 || this.#received.length >= end + 4 + length || this.#isClosed) {
          const body = handshake.status === 101 ? "" : this.#received.subarray(end + 4).toString();
          this.#received = this.#received.subarray(end + 4 + body.length);
          return { ...handshake, body };
        }
      }
      if (!(await this.#more(until))) throw new Error("no answer to a WebSocket handshake");
    }
  }

  async #frame(until: number): Promise<SocketFrame | undefined> {
    for (;;) {
      const frame = this.#takeFrame();
      if (frame !== undefined) return frame;
      if (!(await this.#more(until))) return undefined;
    }
  }

  /** Waits for more bytes. @returns false when none come in time, or ever */
  async #more(until: number): Promise<boolean> {
    if (this.#isClosed) return false;
    const before = this.#received.length;
    let timer: Timer | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, Math.max(0, until - performance.now()));
    });
    clearTimeout(timer);
    return this.#received.length > before || (!this.#isClosed && performance.now() < until);
  }

  #takeFrame(): SocketFrame | undefined {
    const bytes = this.#received;
    if (bytes.length < 2) return undefined;
    const [first, second] = [bytes[0] as number, (bytes[1] as number) & 0x7f];
    const start = second === 126 ? 4 : second === 127 ? 10 : 2;
    if (bytes.length < start) return undefined;
    const length =
      second === 126 ? bytes.readUInt16BE(2) : second === 127 ? Number(bytes.readBigUInt64BE(2)) : second;
    if (bytes.length < start + length) return undefined;
    this.#received = bytes.subarray(start + length);
    return {
      opcode: first & 0x0f,
      isFinal: first >= 0x80,
      isCompressed: (first & 0x40) !== 0,
      payload: Buffer.from(bytes.subarray(start, start + length)),
    };
  }
}

/** 1005 stands for a close frame without a code, as browsers say it. */
export function closeCode({ payload }: SocketFrame): number {
  return payload.length < 2 ? 1005 : payload.readUInt16BE(0);
}

function parseHead(head: string): Omit<Handshake, "body"> {
  const [first = "", ...lines] = head.split("\r\n");
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { status: Number(first.split(" ")[1]), headers: new Map(headers) };
}
