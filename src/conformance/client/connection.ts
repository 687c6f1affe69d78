import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectSecure, getCACertificates } from "node:tls";

/** Where the server under test is, and how long it may take. */
export interface Target {
  readonly base: URL;
  /** Certificates of an authority to trust beside the usual ones, as PEM. */
  readonly authority?: string | undefined;
  /** How long anything that is waited for may take, unless a check says otherwise. */
  readonly answerTimeoutMs: number;
}

/** The server did not do what was waited for: it hung, it hung up, or nobody was there. */
export class NoAnswer extends Error {
  override name = "NoAnswer";
}

/** The server ended the connection before it had answered. */
export class ConnectionEnded extends NoAnswer {}

/** What was found at the beginning of the bytes that arrived, and how many of them it was. */
export interface Taken<Value> {
  readonly value: Value;
  readonly length: number;
}

/** A connection over TCP or TLS that says exactly what it is told to, which no HTTP client would. */
export class Connection implements Disposable {
  readonly #socket: Socket;
  readonly #waiting = new Set<() => void>();
  #received: Buffer = Buffer.alloc(0);
  #ended = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes) => {
      this.#received = Buffer.concat([this.#received, bytes as Buffer]);
      this.#wake();
    });
    for (const event of ["end", "close", "error"]) {
      socket.on(event, () => {
        this.#ended = true;
        this.#wake();
      });
    }
  }

  /** @throws NoAnswer when nobody answers at the address, or not with a certificate that is trusted */
  static open(target: Target): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = dial(target, () => {
        clearTimeout(timer);
        resolve(new Connection(socket));
      });
      const timer = setTimeout(() => {
        socket.destroy();
        reject(new NoAnswer(`no connection within ${inSeconds(target.answerTimeoutMs)}`));
      }, target.answerTimeoutMs);
      socket.once("error", (error) => {
        clearTimeout(timer);
        reject(new NoAnswer(`no connection: ${error.message || (error as { code?: string }).code}`));
      });
    });
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  send(bytes: string | Uint8Array): void {
    // What is sent to somebody who has hung up is lost; what they said before may still have to be read.
    if (!this.#ended) this.#socket.write(bytes);
  }

  /** Stops reading, as a program that hangs does; the system's buffers fill up. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /**
   * Waits until what has arrived can be taken, and removes what was taken.
   *
   * @param find returns undefined until there is enough; it is told whether more can come
   * @throws NoAnswer when that takes longer than `withinMs`, or the connection ends before
   */
  async take<Value>(
    find: (received: Buffer, hasEnded: boolean) => Taken<Value> | undefined,
    withinMs: number,
  ): Promise<Value> {
    const until = performance.now() + withinMs;
    for (;;) {
      const found = find(this.#received, this.#ended);
      if (found !== undefined) {
        this.#received = this.#received.subarray(found.length);
        return found.value;
      }
      if (this.#ended) throw new ConnectionEnded("the server ended the connection");
      if (!(await this.#change(until - performance.now()))) {
        throw new NoAnswer(`nothing came within ${inSeconds(withinMs)}`);
      }
    }
  }

  [Symbol.dispose](): void {
    this.#ended = true;
    this.#socket.destroy();
    this.#wake();
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /** @returns false when nothing changed in that time */
  #change(withinMs: number): Promise<boolean> {
    if (withinMs <= 0) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (changed: boolean) => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve(changed);
      };
      const wake = () => settle(true);
      const timer = setTimeout(() => settle(false), withinMs);
      this.#waiting.add(wake);
    });
  }
}

function dial({ base, authority }: Target, opened: () => void): Socket {
  const host = base.hostname.replace(/^\[|\]$/g, "");
  const isSecure = base.protocol === "https:";
  const port = Number(base.port || (isSecure ? 443 : 80));
  if (!isSecure) return connectPlain(port, host, opened);
  return connectSecure(
    {
      host,
      port,
      // A name for an address is not allowed there (RFC 6066 section 3).
      ...(isIP(host) === 0 ? { servername: host } : {}),
      // What is given stands in the place of the usual ones.
      ...(authority === undefined ? {} : { ca: [...getCACertificates("default"), authority] }),
    },
    opened,
  );
}

/** A time in words for people. */
export function inSeconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 100) / 10} s`;
}
