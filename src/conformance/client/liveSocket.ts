import { createHash, randomBytes } from "node:crypto";
import { type Answer, readAnswer } from "./answer.ts";
import { Connection, inSeconds, NoAnswer, type Target } from "./connection.ts";
import { closeCodeOf, type Frame, maskedFrame, OPCODE, takeFrame } from "./frames.ts";
import { type Asked, requestHead } from "./httpClient.ts";

/** How a socket ended. */
export interface SocketEnd {
  /** 1006 when no close frame came (RFC 6455 section 7.1.5). */
  readonly code: number;
  /** On the clock of `performance.now()`. */
  readonly atMs: number;
}

/** What became of a handshake: a socket, or an answer that refuses it. */
export interface Handshake {
  readonly answer: Answer;
  readonly socket?: LiveSocket;
}

/** `Sec-WebSocket-Accept` (RFC 6455 section 4.2.2). */
const ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/**
 * A WebSocket client that keeps every frame as it came. It answers pings, as every client does, and says nothing else by
 * itself.
 */
export class LiveSocket implements Disposable {
  readonly #connection: Connection;
  readonly #waiting = new Set<() => void>();
  readonly #answerTimeoutMs: number;
  /** Text, binary and continuation frames that were not taken yet. */
  readonly #unread: Frame[] = [];
  readonly #pongs: string[] = [];
  #end: SocketEnd | undefined;

  private constructor(connection: Connection, answerTimeoutMs: number) {
    this.#connection = connection;
    this.#answerTimeoutMs = answerTimeoutMs;
    void this.#read();
  }

  /** Sends a handshake. @throws NoAnswer */
  static async open(target: Target, asked: Asked): Promise<Handshake> {
    const connection = await Connection.open(target);
    const key = randomBytes(16).toString("base64");
    connection.send(requestHead(target.base, asked, handshakeHeaders(key)));
    const answer = await readAnswer(connection, target.answerTimeoutMs).catch((error) => {
      connection[Symbol.dispose]();
      throw error;
    });
    if (answer.status === 101 && answer.header("sec-websocket-accept") === acceptFor(key)) {
      return { answer, socket: new LiveSocket(connection, target.answerTimeoutMs) };
    }
    connection[Symbol.dispose]();
    return { answer };
  }

  /** How it ended; undefined while it is open. */
  get end(): SocketEnd | undefined {
    return this.#end;
  }

  /** How many frames wait to be taken. */
  get unread(): number {
    return this.#unread.length;
  }

  /** Takes the next frame that is no ping, pong or close. @throws NoAnswer */
  next(withinMs = this.#answerTimeoutMs): Promise<Frame> {
    return this.#until(() => this.#unread.shift(), withinMs, "no frame came");
  }

  /** Takes the text of the next frame, whatever its opcode. @throws NoAnswer */
  async text(withinMs?: number): Promise<string> {
    return (await this.next(withinMs)).payload.toString("utf8");
  }

  /** Takes this many texts. @throws NoAnswer with how many there were */
  async texts(count: number, withinMs?: number): Promise<readonly string[]> {
    const texts: string[] = [];
    while (texts.length < count) texts.push(await this.text(withinMs));
    return texts;
  }

  /** Waits until it ends. @throws NoAnswer */
  closed(withinMs = this.#answerTimeoutMs): Promise<SocketEnd> {
    return this.#until(() => this.#end, withinMs, "the socket stayed open", false);
  }

  /** Sends a ping and waits for its pong. @throws NoAnswer */
  async ping(payload: string, withinMs = this.#answerTimeoutMs): Promise<void> {
    this.send(OPCODE.ping, payload);
    await this.#until(
      () => this.#pongs.splice(0).find((pong) => pong === payload),
      withinMs,
      "no pong with the ping's payload came",
    );
  }

  send(opcode: number, payload: string): void {
    this.#connection.send(maskedFrame(opcode, Buffer.from(payload)));
  }

  /** Stops reading, as a program that hangs does. */
  pause(): void {
    this.#connection.pause();
  }

  resume(): void {
    this.#connection.resume();
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }

  async #read(): Promise<void> {
    try {
      for (;;) {
        const frame = await this.#connection.take(takeFrame, FOR_EVER_MS);
        this.#hear(frame);
        if (frame.opcode === OPCODE.close) {
          this.#finish(closeCodeOf(frame));
          this.#connection.send(maskedFrame(OPCODE.close, frame.payload.subarray(0, 2)));
          this.#connection[Symbol.dispose]();
          return;
        }
      }
    } catch {
      this.#finish(1006);
    }
  }

  #hear(frame: Frame): void {
    if (frame.opcode === OPCODE.ping) this.#connection.send(maskedFrame(OPCODE.pong, frame.payload));
    else if (frame.opcode === OPCODE.pong) this.#pongs.push(frame.payload.toString("utf8"));
    else if (frame.opcode !== OPCODE.close) this.#unread.push(frame);
    this.#wake();
  }

  #finish(code: number): void {
    this.#end = { code, atMs: performance.now() };
    this.#wake();
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /** @param endsIt whether the end of the socket means that it will never come */
  #until<Found>(
    find: () => Found | undefined,
    withinMs: number,
    otherwise: string,
    endsIt = true,
  ): Promise<Found> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = find();
        if (found !== undefined) settle(() => resolve(found));
        else if (endsIt && this.#end !== undefined) {
          settle(() => reject(new NoAnswer(`the socket was closed with ${this.#end?.code}`)));
        }
      };
      const settle = (act: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        act();
      };
      const timer = setTimeout(
        () => settle(() => reject(new NoAnswer(`${otherwise} within ${inSeconds(withinMs)}`))),
        withinMs,
      );
      this.#waiting.add(look);
      look();
    });
  }
}

/** As long as a timer can wait: a socket may be silent, and every wait for it has a bound of its own. */
const FOR_EVER_MS = 2_147_483_647;

/** The headers by which a client asks for a WebSocket. @param key 16 random bytes in base64 */
export function handshakeHeaders(key: string): Readonly<Record<string, string>> {
  return {
    upgrade: "websocket",
    connection: "Upgrade",
    "sec-websocket-version": "13",
    "sec-websocket-key": key,
  };
}

function acceptFor(key: string): string {
  return createHash("sha1")
    .update(key + ACCEPT_GUID)
    .digest("base64");
}
