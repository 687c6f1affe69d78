import { connect, type Socket } from "node:net";

/** A TCP client without manners: it floods, drips or falls silent, and keeps the start of what it is answered. */
export class RoughClient implements Disposable {
  /** Resolves when the server has ended the connection, in whatever way. */
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  #answer = "";
  #hasEnded = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes) => {
      if (this.#answer.length < 4_096) this.#answer += bytes.toString("latin1");
    });
    socket.on("drain", () => this.#wake());
    this.ended = new Promise((resolve) => {
      // A reset connection is ended too; "close" follows the error.
      socket.on("error", () => {});
      for (const event of ["end", "close"]) {
        socket.on(event, () => {
          this.#hasEnded = true;
          this.#wake();
          resolve();
        });
      }
    });
  }

  static open(origin: string): Promise<RoughClient> {
    const { hostname, port } = new URL(origin);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => resolve(new RoughClient(socket)));
      socket.once("error", reject);
    });
  }

  /** The start of what was answered so far. */
  get answer(): string {
    return this.#answer;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  send(text: string): void {
    this.#socket.write(text);
  }

  /** Sends something over and over, as fast as it is taken, until the server ends it or has got so many bytes. */
  async flood(piece: string, bytesMax: number): Promise<void> {
    const bytes = Buffer.from(piece, "latin1");
    for (let sent = 0; sent < bytesMax && !this.#hasEnded; sent += bytes.length) {
      const drained = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      if (!this.#socket.write(bytes)) await drained;
      else await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Sends one byte a second until the server has had enough. */
  async drip(byte: string): Promise<void> {
    while (!this.#hasEnded) {
      this.#socket.write(byte);
      await Promise.race([this.ended, Bun.sleep(1_000)]);
    }
  }

  /** Leaves what is answered in the system's buffers. */
  stopReading(): void {
    this.#socket.pause();
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}
