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

  /** Listens to the token's user. @throws when the socket is refused */
  static open(origin: string, token: string, query = ""): Promise<Listener> {
    return Listener.openAt(`${origin}/api/v1/data/real_time${query}`, token);
  }

  /** Listens at any address of a server, with a token or without one. @throws when the socket is refused */
  static async openAt(address: string, token?: string): Promise<Listener> {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const socket = new WebSocket(address.replace("http", "ws"), { headers } as never);
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

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}
