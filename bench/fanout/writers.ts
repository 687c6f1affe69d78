import { requestTemplates, stampTime } from "../load/requestTemplates.ts";
import { ResponseReader } from "../load/responseReader.ts";

/** Every reading claims a time of its own, the first one so long ago that none is in the future. */
const FIRST_TIME_AGO_MS = 600_000;

type Socket = Bun.Socket<ResponseReader>;

/** Writes readings, one user after the other, each of another time, over a fixed number of connections. */
export class Writers {
  sent = 0;
  answered = 0;
  /** Answers other than 200, and connections that broke. */
  errors = 0;
  /** Called when an answer came and its connection is free. */
  onAnswer: () => void = () => {};
  readonly #firstTime = Date.now() - FIRST_TIME_AGO_MS;
  readonly #url: URL;
  #templates: readonly Buffer[] = [];
  readonly #idle: Socket[] = [];
  #connections = 0;

  constructor(url: URL) {
    this.#url = url;
  }

  /** Writes by these tokens from now on, one after the other. */
  writeAs(tokens: readonly string[]): void {
    this.#templates = requestTemplates(this.#url, tokens);
  }

  get hasIdle(): boolean {
    return this.#idle.length > 0;
  }

  /** Opens connections until there are so many. */
  async connect(connections: number): Promise<void> {
    const { hostname, port } = this.#url;
    for (; this.#connections < connections; this.#connections++) {
      const socket = await Bun.connect<ResponseReader>({
        hostname,
        port: Number(port),
        data: new ResponseReader(),
        socket: {
          data: (from, bytes) => this.#receive(from, bytes),
          close: () => {
            this.errors++;
          },
        },
      });
      socket.setNoDelay(true);
      this.#idle.push(socket);
    }
  }

  /** Sends the next reading over an idle connection. */
  send(): void {
    const socket = this.#idle.shift()!;
    const request = this.#templates[this.sent % this.#templates.length]!;
    stampTime(request, this.#firstTime + this.sent);
    this.sent++;
    // A request of this size always fits into an idle connection's buffer.
    if (socket.write(request) !== request.length) this.errors++;
  }

  /** Which write a reading is from, counted from 0. */
  numberOf(time: number): number {
    return time - this.#firstTime;
  }

  #receive(socket: Socket, bytes: Buffer): void {
    const status = socket.data.take(bytes);
    if (status === undefined) return;
    this.answered++;
    if (status !== 200) this.errors++;
    this.#idle.push(socket);
    this.onAnswer();
  }
}
