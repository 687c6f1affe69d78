/** A client of the live socket that keeps every frame it hears. */
export class Listener implements Disposable {
  readonly frames: string[] = [];
  /** How the socket was closed, and when (milliseconds since 1970). */
  readonly closed: Promise<{ readonly code: number; readonly reason: string; readonly at: number }>;
  readonly #socket: WebSocket;
  #wake: () => void = () => {};

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      this.frames.push(typeof data === "string" ? data : "<binary>");
      this.#wake();
    };
    this.closed = new Promise((resolve) => {
      socket.onclose = ({ code, reason }) => {
        resolve({ code, reason, at: Date.now() });
        this.#wake();
      };
    });
  }

  /** @throws when the socket is refused */
  static async open(origin: string, token: string, query = ""): Promise<Listener> {
    const socket = new WebSocket(`${origin.replace("http", "ws")}/api/v1/data/real_time${query}`, {
      headers: { authorization: `Bearer ${token}` },
    } as never);
    const listener = new Listener(socket);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = () => reject(new Error("the socket was refused"));
    });
    return listener;
  }

  /** Waits until this many frames were heard since the start, and returns all of them. */
  async heard(count: number): Promise<readonly string[]> {
    while (this.frames.length < count) {
      if (this.#socket.readyState !== WebSocket.OPEN) {
        throw new Error(`the socket closed after ${this.frames.length} frames`);
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.frames;
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
