import { connect, type Socket } from "node:net";
import { OPCODE } from "../rawSocket.ts";

const HEAD_END = "\r\n\r\n";

/** A listener that stops reading after the handshake: what it is sent stays in the system's buffers. */
export class DeafListener implements Disposable {
  readonly #socket: Socket;
  readonly #closed: Promise<void>;
  readonly #chunks: Buffer[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", () => {});
    socket.on("data", (bytes) => this.#chunks.push(Buffer.from(bytes)));
    this.#closed = new Promise((resolve) => socket.on("close", () => resolve()));
  }

  /** @throws Error when the server refuses it */
  static async open(origin: string, token: string): Promise<DeafListener> {
    const { hostname, port } = new URL(origin);
    const socket = connect(Number(port), hostname);
    const listener = new DeafListener(socket);
    socket.write(
      [
        "GET /api/v1/data/real_time HTTP/1.1",
        "Host: 127.0.0.1",
        `Authorization: Bearer ${token}`,
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==${HEAD_END}`,
      ].join("\r\n"),
    );
    await new Promise<void>((resolve) => {
      const look = () => listener.#received().includes(HEAD_END) && resolve();
      socket.on("data", look);
      void listener.#closed.then(resolve);
    });
    socket.pause();
    const answer = listener.#received().toString("latin1");
    if (!answer.startsWith("HTTP/1.1 101 ")) throw new Error(`the server refused a listener: ${answer}`);
    return listener;
  }

  /** Reads what there is until the connection ends. @returns the readings in it, and no half one */
  async readToEnd(): Promise<string[]> {
    this.#socket.resume();
    await this.#closed;
    const received = this.#received();
    const frames: string[] = [];
    for (let at = received.indexOf(HEAD_END) + HEAD_END.length; at + 2 <= received.length; ) {
      // Frames of ours are short: one byte of length, and no mask from a server (RFC 6455 section 5.2).
      const start = at + 2;
      const end = start + (received[at + 1] as number);
      if (end > received.length) break;
      if (((received[at] as number) & 0x0f) === OPCODE.text)
        frames.push(received.toString("latin1", start, end));
      at = end;
    }
    return frames;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #received(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}
