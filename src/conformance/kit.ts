import type { Answer } from "./client/answer.ts";
import type { Target } from "./client/connection.ts";
import { type Asked, HttpClient } from "./client/httpClient.ts";
import { type Handshake, LiveSocket } from "./client/liveSocket.ts";
import { expectJson, expectThat, Mismatch, shown } from "./expectations.ts";
import { CLOCKS_DIFFER_MS_MAX, Moments } from "./moments.ts";
import {
  type ConformanceOptions,
  type Hook,
  type HookDetails,
  SLOW_TIMES,
  type SlowTimes,
  UnusableOptions,
} from "./options.ts";
import { PATHS } from "./routes.ts";
import { Tokens } from "./tokens.ts";

/** A reading as the latest one is shown. */
export interface Shown {
  readonly measuredAt: number;
  readonly bpm: number;
}

/** What all checks of a run share. */
interface Shared {
  readonly options: ConformanceOptions;
  readonly http: HttpClient;
  readonly tokens: Tokens;
  readonly moments: Moments;
  /** Every socket that was opened, for the rules that hold for all. */
  readonly sockets: LiveSocket[];
  /** Widgets that checks made, for the clearing up at the end. */
  readonly madeWidgets: { readonly id: string; readonly token: string }[];
  /** Tokens and codes that the server gave out, which no report may show. */
  readonly issued: Set<string>;
  /** What has to be closed when the run is over. */
  readonly closing: Disposable[];
  /** What is done only once in a run, by its name. */
  readonly done: Map<string, Promise<unknown>>;
}

/** What checks work with: the server under test, as one test user. */
export class Kit {
  readonly shared: Shared;
  readonly slowTimes: SlowTimes;
  /** Aborted when the check that works with this is to stop: whatever it does next throws the reason. */
  readonly signal: AbortSignal;

  private constructor(shared: Shared, signal: AbortSignal) {
    this.shared = shared;
    this.signal = signal;
    this.slowTimes = { ...SLOW_TIMES, ...shared.options.slowTimes };
  }

  /** @throws UnusableOptions, NoAnswer */
  static async open(options: ConformanceOptions, target: Target): Promise<Kit> {
    const http = new HttpClient(target);
    const tokens = await Tokens.discover(http, options);
    const latest = await http.ask({ path: PATHS.latest, token: tokens.read.token });
    const { measured_at } = (latest.json ?? {}) as { readonly measured_at?: unknown };
    const measuredAt = typeof measured_at === "number" ? measured_at : 0;
    if (measuredAt > Date.now() + CLOCKS_DIFFER_MS_MAX) {
      throw new UnusableOptions(
        `The latest reading of the test user was measured at ${measuredAt} ms, which is more than ${CLOCKS_DIFFER_MS_MAX / 1000} s from now: the server believed a clock that was ahead, and shows no newer reading before then. Use another test user.`,
      );
    }
    const moments = new Moments(measuredAt);
    const shared: Shared = {
      options,
      http,
      tokens,
      moments,
      sockets: [],
      madeWidgets: [],
      issued: new Set(),
      closing: [],
      done: new Map(),
    };
    return new Kit(shared, options.signal ?? new AbortController().signal);
  }

  /** The same for one check, which stops when the signal is aborted. */
  until(signal: AbortSignal): Kit {
    return new Kit(this.shared, signal);
  }

  get options(): ConformanceOptions {
    return this.shared.options;
  }

  get http(): HttpClient {
    return this.shared.http;
  }

  get tokens(): Tokens {
    return this.shared.tokens;
  }

  get moments(): Moments {
    return this.shared.moments;
  }

  get target(): Target {
    return this.http.target;
  }

  async ask(asked: Asked): Promise<Answer> {
    this.signal.throwIfAborted();
    return await this.http.ask(asked, this.signal);
  }

  /** Tries to open a socket. @param target where it is, when that is not the server's address */
  async handshake(asked: Asked, target = this.target): Promise<Handshake> {
    this.signal.throwIfAborted();
    const handshake = await LiveSocket.open(target, asked);
    const { answer, socket } = handshake;
    this.http.keep(asked, answer);
    if (socket !== undefined) {
      this.shared.sockets.push(socket);
      this.signal.addEventListener("abort", () => socket[Symbol.dispose](), { once: true });
    }
    return handshake;
  }

  /** Opens a socket. @throws Mismatch when it is refused */
  async listen(asked: Asked, target = this.target): Promise<LiveSocket> {
    const { answer, socket } = await this.handshake(asked, target);
    if (socket !== undefined) return socket;
    throw new Mismatch("101 and a WebSocket", shown(answer));
  }

  /** Opens the live socket of the test user. */
  hear(query = ""): Promise<LiveSocket> {
    return this.listen({ path: `${PATHS.live}${query}`, token: this.tokens.read.token });
  }

  /** Sends a body to the write path, as the test user. */
  send(body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const all = { "content-type": "application/json", ...headers };
    return this.ask({
      method: "POST",
      path: PATHS.write,
      token: this.tokens.write.token,
      headers: all,
      body,
    });
  }

  /**
   * Writes a reading of the test user.
   *
   * @param at a new moment when absent
   * @returns when it was measured
   * @throws Mismatch unless it is accepted
   */
  async write(bpm: number, at?: number): Promise<number> {
    const measuredAt = at ?? (await this.nextMoment());
    const answer = await this.send(readingBody(measuredAt, bpm));
    expectThat(answer.status === 200, "200 for a reading", shown(answer));
    return measuredAt;
  }

  /** A new time at which a reading is measured. */
  nextMoment(): Promise<number> {
    return this.moments.next(this.signal);
  }

  /** Waits for a time to pass. @throws what the signal says when the check is to stop */
  async pause(ms: number): Promise<void> {
    await Bun.sleep(ms);
    this.signal.throwIfAborted();
  }

  /** The latest reading of the test user. @throws Mismatch when there is none */
  async latest(): Promise<Shown> {
    const answer = await this.ask({ path: PATHS.latest, token: this.tokens.read.token });
    const body = expectJson(answer) as {
      readonly measured_at?: unknown;
      readonly data?: { readonly heart_rate?: unknown };
    };
    return { measuredAt: Number(body?.measured_at), bpm: Number(body?.data?.heart_rate) };
  }

  /** A token of the test user with these scopes; a check that calls this has said that it needs it. */
  token(scopes: readonly string[], without: readonly string[] = []): string {
    const found = this.tokens.find(scopes, without);
    if (found === undefined) throw new Error(`no token for ${scopes.join(", ")}`);
    return found;
  }

  /** Does something once in a run, whichever check comes first. */
  once<Value>(name: string, make: () => Promise<Value>): Promise<Value> {
    const { done } = this.shared;
    let made = done.get(name) as Promise<Value> | undefined;
    if (made === undefined) {
      made = make();
      done.set(name, made);
    }
    return made;
  }

  /** @throws Mismatch when the hook fails */
  async runHook(name: string, hook: Hook | undefined, details: HookDetails = {}): Promise<void> {
    try {
      await hook?.({ CONFORMANCE_BASE: String(this.options.base), ...details });
    } catch (error) {
      throw new Mismatch(`the hook ${name} to succeed`, (error as Error).message);
    }
  }
}

/** A reading as the write page shows it. */
export function readingBody(measuredAt: number, bpm: number): string {
  return `{"measured_at":${measuredAt},"data":{"heart_rate":${bpm}}}`;
}
