import { CommandFailure } from "../../src/cli/failure.ts";
import { openFilesMax } from "../../src/openFiles.ts";
import { readTokens } from "../population.ts";
import { LatencyHistogram } from "./latencyHistogram.ts";
import { Listeners } from "./listeners.ts";
import type { CrowdSetup, Order, Seen } from "./orders.ts";
import { Writers } from "./writers.ts";

/**
 * Everybody who listens and writes in one benchmark, in a program of its own, to be pinned to a core: it takes a
 * `CrowdSetup` as JSON, then one `Order` a line, and prints what it saw, one `Seen` a line.
 */

/** How long after the last write its frames are waited for. */
const PATIENCE_MS = 5_000;

/** Connections that write at a fixed rate: more than answers are ever waited for while the server keeps up. */
const RATE_CONNECTIONS = 64;

/** Files that a crowd has open beside its listeners. */
const OTHER_FILES = 200;

interface Counts {
  readonly writes: number;
  readonly answered: number;
  readonly deliveries: number;
  readonly errors: number;
  readonly pings: number;
}

class Crowd {
  readonly #tokens: readonly string[];
  readonly #listeners: Listeners;
  readonly #writers: Writers;
  #listenersOfEach = 0;
  #deliveries = 0;
  #latencies = new LatencyHistogram();
  /** When each write of this order should have been sent, by `performance.now()`; empty where no rate is fixed. */
  #intendedAt = new Float64Array(0);
  #firstWrite = 0;
  /** Writes that were due and found no free connection until the end. */
  #unsent = 0;

  constructor({ url, tokenFile }: CrowdSetup) {
    this.#tokens = readTokens(tokenFile);
    this.#listeners = new Listeners(new URL(url), (time) => this.#heard(time));
    this.#writers = new Writers(new URL(url));
    this.#writers.writeAs(this.#tokens);
  }

  async follow(order: Order): Promise<Seen> {
    this.#latencies = new LatencyHistogram();
    this.#intendedAt = new Float64Array(0);
    this.#firstWrite = this.#writers.sent;
    this.#unsent = 0;
    const before = this.#counts();
    const processor = process.cpuUsage();
    const beganAt = performance.now();
    await this.#obey(order);
    const tookMs = performance.now() - beganAt;
    const { user, system } = process.cpuUsage(processor);
    await this.#settle(before);
    const after = this.#counts();
    const writes = after.writes - before.writes;
    const deliveries = after.deliveries - before.deliveries;
    return {
      tookMs,
      writes,
      deliveries,
      errors:
        after.errors - before.errors + this.#unsent + Math.abs(writes * this.#listenersOfEach - deliveries),
      pings: after.pings - before.pings,
      p50Ms: this.#latencies.percentileMs(0.5),
      p99Ms: this.#latencies.percentileMs(0.99),
      p999Ms: this.#latencies.percentileMs(0.999),
      loadCoreShare: (user + system) / 1000 / tookMs,
    };
  }

  async #obey(order: Order): Promise<void> {
    switch (order.order) {
      case "listen":
        return this.#listen(order.listeners, order.users);
      case "leave":
        return this.#listeners.leave();
      case "stopReading":
        return this.#listeners.openDeaf(this.#tokens[0]!);
      case "top":
        return this.#writeAtTopRate(order.seconds, order.underWay);
      case "rate":
        return this.#writeAtRate(order.seconds, order.writesPerSecond);
      case "idle":
        return Bun.sleep(order.seconds * 1_000);
    }
  }

  async #listen(listeners: number, users: number): Promise<void> {
    const files = openFilesMax();
    if (files < listeners + OTHER_FILES) {
      throw new CommandFailure(
        `A process may open ${files} files here, and ${listeners} listeners need ${listeners + OTHER_FILES}: raise it with ulimit -n.`,
      );
    }
    const tokens = this.#tokens.slice(0, users);
    await this.#listeners.open(Array.from({ length: listeners }, (_, place) => tokens[place % users]!));
    this.#writers.writeAs(tokens);
    this.#listenersOfEach = Math.floor(listeners / users);
  }

  async #writeAtTopRate(seconds: number, underWay: number): Promise<void> {
    const writers = this.#writers;
    await writers.connect(underWay);
    const until = performance.now() + seconds * 1_000;
    await new Promise<void>((resolve) => {
      let waiting = underWay;
      const next = () => {
        if (performance.now() < until) writers.send();
        else if (--waiting === 0) resolve();
      };
      writers.onAnswer = next;
      for (let count = 0; count < underWay; count++) next();
    });
    writers.onAnswer = () => {};
  }

  async #writeAtRate(seconds: number, writesPerSecond: number): Promise<void> {
    const writers = this.#writers;
    await writers.connect(RATE_CONNECTIONS);
    const total = Math.round(seconds * writesPerSecond);
    const beganAt = performance.now();
    this.#intendedAt = Float64Array.from(
      { length: total },
      (_, number) => beganAt + (number * 1_000) / writesPerSecond,
    );
    const lastWrite = this.#firstWrite + total;
    await new Promise<void>((resolve) => {
      const turn = () => {
        const now = performance.now();
        while (
          writers.sent < lastWrite &&
          writers.hasIdle &&
          this.#intendedAt[writers.sent - this.#firstWrite]! <= now
        ) {
          writers.send();
        }
        if (writers.sent === lastWrite || now > beganAt + seconds * 1_000 + PATIENCE_MS) resolve();
        // It never sleeps, so that a write is late by no more than one round of socket events.
        else setImmediate(turn);
      };
      turn();
    });
    this.#unsent = lastWrite - writers.sent;
  }

  #heard(time: number): void {
    this.#deliveries++;
    const write = this.#writers.numberOf(time) - this.#firstWrite;
    const intendedAt = this.#intendedAt[write];
    if (intendedAt !== undefined) this.#latencies.record(performance.now() - intendedAt);
  }

  /** Waits for what is still on its way. */
  async #settle(before: Counts): Promise<void> {
    const until = performance.now() + PATIENCE_MS;
    const isDone = () => {
      const now = this.#counts();
      const wanted = (now.writes - before.writes) * this.#listenersOfEach;
      return now.answered === now.writes && now.deliveries - before.deliveries >= wanted;
    };
    while (!isDone() && performance.now() < until) await Bun.sleep(1);
  }

  #counts(): Counts {
    const { sent: writes, answered, errors } = this.#writers;
    const { pings, closed } = this.#listeners;
    return { writes, answered, errors: errors + closed, pings, deliveries: this.#deliveries };
  }
}

try {
  const crowd = new Crowd(JSON.parse(process.argv[2]!) as CrowdSetup);
  for await (const line of console) {
    // The end of the input is an empty line.
    if (line === "") break;
    console.log(JSON.stringify(await crowd.follow(JSON.parse(line) as Order)));
  }
  process.exit(0);
} catch (error) {
  console.error((error as CommandFailure).message);
  process.exit(1);
}
