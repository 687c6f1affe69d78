import { seededRandom } from "../../src/domain/random.ts";
import { readTokens } from "../population.ts";
import { percentile } from "../statistics.ts";
import type { OpenLoopResult, OpenLoopRound } from "./openLoopRound.ts";
import { requestTemplates, stampTime } from "./requestTemplates.ts";
import { ResponseReader } from "./responseReader.ts";

/**
 * Sends readings at a fixed rate, whether or not the server keeps up, and counts every latency from the moment at
 * which the request should have been sent: a server that stops for a while is charged for all requests of that
 * while. (A closed loop such as wrk's stops asking when the server stops answering, and sees one slow request.)
 *
 * A program of its own, to be pinned to a core: it takes an `OpenLoopRound` as JSON and prints an `OpenLoopResult`.
 * It never sleeps, so that a request is late by no more than one round of socket events.
 */

/** How long after the last intended send time answers are waited for. */
const PATIENCE_MS = 5_000;

interface Connection {
  readonly reader: ResponseReader;
  /** The request under way, or the last one. */
  request: number;
}

type Socket = Bun.Socket<Connection>;

class OpenLoop {
  readonly #round: OpenLoopRound;
  readonly #templates: readonly Buffer[];
  readonly #random;
  readonly #idle: Socket[] = [];
  readonly #latenciesMs: Float64Array;
  readonly #lastTime: Float64Array;
  readonly #total: number;
  #answered = 0;
  #errors = 0;
  #sent = 0;
  #beganAt = 0;
  #processorBegan = process.cpuUsage();

  constructor(round: OpenLoopRound) {
    const tokens = readTokens(round.tokenFile);
    this.#round = round;
    this.#templates = requestTemplates(new URL(round.url), tokens);
    this.#random = seededRandom(round.seed);
    this.#total = Math.round(round.requestsPerSecond * round.seconds);
    this.#latenciesMs = new Float64Array(this.#total);
    this.#lastTime = new Float64Array(tokens.length);
  }

  async run(): Promise<OpenLoopResult> {
    await Promise.all(Array.from({ length: this.#round.connections }, () => this.#connect()));
    this.#processorBegan = process.cpuUsage();
    this.#beganAt = performance.now() + 10;
    await new Promise<void>((resolve) => {
      const turn = () => {
        this.#sendDue();
        if (this.#isOver()) resolve();
        else setImmediate(turn);
      };
      turn();
    });
    return this.#result();
  }

  async #connect(): Promise<void> {
    const { hostname, port } = new URL(this.#round.url);
    const socket = await Bun.connect<Connection>({
      hostname,
      port: Number(port),
      data: { reader: new ResponseReader(), request: -1 },
      socket: {
        data: (from, bytes) => this.#receive(from, bytes),
        close: () => {
          if (!this.#isOver()) this.#errors++;
        },
      },
    });
    socket.setNoDelay(true);
    this.#idle.push(socket);
  }

  /** When a request should be sent, on the clock of `performance.now()`. */
  #intendedAt(request: number): number {
    return this.#beganAt + (request * 1000) / this.#round.requestsPerSecond;
  }

  #sendDue(): void {
    const now = performance.now();
    while (this.#sent < this.#total && this.#idle.length > 0 && this.#intendedAt(this.#sent) <= now) {
      this.#send(this.#idle.shift()!);
    }
  }

  #send(socket: Socket): void {
    const user = Math.floor(this.#random() * this.#templates.length);
    const time = Math.max(Date.now(), this.#lastTime[user]! + 1);
    const request = this.#templates[user]!;
    this.#lastTime[user] = time;
    stampTime(request, time);
    socket.data.request = this.#sent++;
    // A request of this size always fits into an idle connection's buffer.
    if (socket.write(request) !== request.length) this.#errors++;
  }

  #receive(socket: Socket, bytes: Buffer): void {
    const { reader, request } = socket.data;
    const status = reader.take(bytes);
    if (status === undefined) return;
    this.#latenciesMs[request] = performance.now() - this.#intendedAt(request);
    this.#answered++;
    if (status !== 200) this.#errors++;
    this.#idle.push(socket);
    this.#sendDue();
  }

  #isOver(): boolean {
    return (
      this.#beganAt > 0 &&
      (this.#answered === this.#total || performance.now() > this.#intendedAt(this.#total) + PATIENCE_MS)
    );
  }

  #result(): OpenLoopResult {
    const tookMs = performance.now() - this.#beganAt;
    const { user, system } = process.cpuUsage(this.#processorBegan);
    const latencies = this.#latenciesMs.filter((latency) => latency > 0).sort();
    return {
      answered: this.#answered,
      errors: this.#errors + (this.#total - this.#answered),
      requestsPerSecond: (this.#answered * 1000) / tookMs,
      p50Ms: percentile(latencies, 0.5),
      p90Ms: percentile(latencies, 0.9),
      p99Ms: percentile(latencies, 0.99),
      p999Ms: percentile(latencies, 0.999),
      maxMs: percentile(latencies, 1),
      loadCoreShare: (user + system) / 1000 / tookMs,
    };
  }
}

const round = JSON.parse(process.argv[2]!) as OpenLoopRound;
console.log(JSON.stringify(await new OpenLoop(round).run()));
process.exit(0);
