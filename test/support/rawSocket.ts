import { type RawAnswer, RawConnection, requestText } from "./rawConnection.ts";

export const OPCODE = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** One frame of a WebSocket, as it came over the connection (RFC 6455 section 5.2). */
export interface Frame {
  readonly opcode: number;
  readonly final: boolean;
  /** RSV1: the frame is compressed. */
  readonly compressed: boolean;
  readonly payload: Buffer;
}

export const LIVE_PATH = "/api/v1/data/real_time";

const HANDSHAKE = [
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

/** A WebSocket client that shows every frame and answers nothing by itself. */
export class RawSocket implements Disposable {
  readonly #connection: RawConnection;
  readonly handshake: RawAnswer;

  private constructor(connection: RawConnection, handshake: RawAnswer) {
    this.#connection = connection;
    this.handshake = handshake;
  }

  /** Sends a handshake; the answer may be a refusal. */
  static async open(origin: string, path: string, headers: readonly string[] = []): Promise<RawSocket> {
    const connection = await RawConnection.open(origin);
    connection.send(requestText(`GET ${path}`, [...HANDSHAKE, ...headers]));
    return new RawSocket(connection, await connection.answer());
  }

  frame(): Promise<Frame> {
    return this.#connection.take(takeFrame);
  }

  /** The text of the next frame, which must be a text frame. */
  async text(): Promise<string> {
    const { opcode, payload } = await this.frame();
    if (opcode !== OPCODE.text) throw new Error(`expected a text frame, got opcode ${opcode}`);
    return payload.toString();
  }

  /** Sends a frame of up to 65535 bytes, masked as clients must. */
  send(opcode: number, payload: string | Uint8Array = "", { final = true } = {}): void {
    const bytes = Buffer.from(payload as string);
    const mask = Buffer.from([1, 2, 3, 4]);
    const length =
      bytes.length < 126
        ? [0x80 | bytes.length]
        : [0x80 | 126, (bytes.length >> 8) & 0xff, bytes.length & 0xff];
    const head = Buffer.from([(final ? 0x80 : 0) | opcode, ...length]);
    const masked = bytes.map((byte, index) => byte ^ (mask[index % 4] as number));
    this.#connection.send(Buffer.concat([head, mask, masked]));
  }

  end(): Promise<void> {
    return this.#connection.end();
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }
}

/** The close code of a close frame; undefined when it names none. */
export function closeCode({ payload }: Frame): number | undefined {
  return payload.length < 2 ? undefined : payload.readUInt16BE(0);
}

function takeFrame(received: Buffer): { readonly taken: Frame; readonly length: number } | undefined {
  if (received.length < 2) return undefined;
  const [first, second] = received as unknown as readonly [number, number];
  const extended = (second & 0x7f) === 126;
  const start = extended ? 4 : 2;
  if (received.length < start) return undefined;
  const length = start + (extended ? received.readUInt16BE(2) : second & 0x7f);
  if (received.length < length) return undefined;
  const payload = Buffer.from(received.subarray(start, length));
  const taken = { opcode: first & 0x0f, final: first >= 0x80, compressed: (first & 0x40) !== 0, payload };
  return { taken, length };
}
