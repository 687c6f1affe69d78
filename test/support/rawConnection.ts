import { connect, type Socket } from "node:net";

/** One HTTP answer, as it came over the connection. */
export interface RawAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** A TCP connection that says exactly what a test writes, which no HTTP client would. */
export class RawConnection implements Disposable {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #ended = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes) => {
      this.#received = Buffer.concat([this.#received, Buffer.from(bytes as Uint8Array)]);
      this.#wake();
    });
    for (const event of ["end", "close", "error"]) {
      socket.on(event, () => {
        this.#ended = true;
        this.#wake();
      });
    }
  }

  static open(origin: string): Promise<RawConnection> {
    const { hostname, port } = new URL(origin);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => resolve(new RawConnection(socket)));
      socket.once("error", reject);
    });
  }

  send(data: string | Uint8Array): void {
    this.#socket.write(data);
  }

  /** What has arrived and was not taken yet. */
  get received(): Buffer {
    return this.#received;
  }

  /** Says that no more will be sent. */
  finish(): void {
    this.#socket.end();
  }

  /**
   * Waits until what has arrived can be taken, and removes what was taken from it.
   *
   * @param take returns undefined until there is enough
   * @throws when the connection ends before
   */
  async take<Taken>(
    take: (received: Buffer) => { readonly taken: Taken; readonly length: number } | undefined,
  ): Promise<Taken> {
    for (;;) {
      const found = take(this.#received);
      if (found !== undefined) {
        this.#received = this.#received.subarray(found.length);
        return found.taken;
      }
      if (this.#ended) throw new Error(`the connection ended after ${this.#received.length} more bytes`);
      await this.#change();
    }
  }

  /**
   * Waits for the head and the body of one answer.
   *
   * @param hasBody false for the answer to HEAD, which declares a length and has no body
   */
  answer({ hasBody = true } = {}): Promise<RawAnswer> {
    return this.take((received) => takeAnswer(received, hasBody));
  }

  /** Waits until the other side ends the connection. */
  async end(): Promise<void> {
    while (!this.#ended) await this.#change();
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** Sends one request as it is written here and waits for its answer. */
export async function exchange(origin: string, request: string): Promise<RawAnswer> {
  using connection = await RawConnection.open(origin);
  connection.send(request);
  return await connection.answer({ hasBody: !request.startsWith("HEAD ") });
}

/** The text of a request: its first line, its header lines, and its body. */
export function requestText(line: string, headers: readonly string[], body = ""): string {
  return `${[`${line} HTTP/1.1`, "Host: localhost", ...headers].join("\r\n")}\r\n\r\n${body}`;
}

/** Takes an answer whose length is declared, or that has no body by its status. */
function takeAnswer(
  received: Buffer,
  hasBody: boolean,
): { readonly taken: RawAnswer; readonly length: number } | undefined {
  const headEnd = received.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const [statusLine, ...lines] = received.subarray(0, headEnd).toString("latin1").split("\r\n");
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const bodyStart = headEnd + 4;
  const length = bodyStart + (hasBody ? Number(headers.get("content-length") ?? 0) : 0);
  if (received.length < length) return undefined;
  const status = Number(statusLine?.split(" ")[1]);
  return { taken: { status, headers, body: received.subarray(bodyStart, length).toString() }, length };
}
