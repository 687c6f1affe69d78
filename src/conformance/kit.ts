import type { Answer } from "./client/answer.ts";
import type { Target } from "./client/connection.ts";
import { type Asked, HttpClient } from "./client/httpClient.ts";
import { LiveSocket } from "./client/liveSocket.ts";
import { expectJson, expectThat, Mismatch, shown } from "./expectations.ts";
import { Moments } from "./moments.ts";
import {
  type ConformanceOptions,
  type Hook,
  type HookDetails,
  SLOW_TIMES,
  type SlowTimes,
} from "./options.ts";
import { PATHS } from "./routes.ts";
import { Tokens } from "./tokens.ts";

/** A reading as the latest one is shown. */
export interface Shown {
  readonly measuredAt: number;
  readonly bpm: number;
}

/** What checks work with: the server under test, as one test user. */
export class Kit {
  readonly options: ConformanceOptions;
  readonly http: HttpClient;
  readonly tokens: Tokens;
  readonly moments: Moments;
  readonly slowTimes: SlowTimes;
  /** Every socket that was opened, for the rules that hold for all. */
  readonly sockets: LiveSocket[] = [];
  /** Widgets that checks made, for the clearing up at the end. */
  readonly madeWidgets: { readonly id: string; readonly token: string }[] = [];
  readonly #once = new Map<string, Promise<unknown>>();

  private constructor(options: ConformanceOptions, http: HttpClient, tokens: Tokens, moments: Moments) {
    this.options = options;
    this.http = http;
    this.tokens = tokens;
    this.moments = moments;
    this.slowTimes = { ...SLOW_TIMES, ...options.slowTimes };
  }

  /** @throws UnusableOptions, NoAnswer */
  static async open(options: ConformanceOptions, target: Target): Promise<Kit> {
    const http = new HttpClient(target);
    const tokens = await Tokens.discover(http, options);
    const latest = await http.ask({ path: PATHS.latest, token: tokens.read.token });
    const measuredAt = (latest.json as { readonly measured_at?: unknown } | undefined)?.measured_at;
    return new Kit(options, http, tokens, new Moments(typeof measuredAt === "number" ? measuredAt : 0));
  }

  get target(): Target {
    return this.http.target;
  }

  ask(asked: Asked): Promise<Answer> {
    return this.http.ask(asked);
  }

  /** Tries to open a socket. */
  async handshake(asked: Asked): Promise<{ readonly answer: Answer; readonly socket?: LiveSocket }> {
    const handshake = await LiveSocket.open(this.target, asked);
    this.http.keep(asked, handshake.answer);
    if (handshake.socket !== undefined) this.sockets.push(handshake.socket);
    return handshake;
  }

  /** Opens a socket. @throws Mismatch when it is refused */
  async listen(asked: Asked): Promise<LiveSocket> {
    const { answer, socket } = await this.handshake(asked);
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
    const measuredAt = at ?? (await this.moments.next());
    const answer = await this.send(readingBody(measuredAt, bpm));
    expectThat(answer.status === 200, "200 for a reading", shown(answer));
    return measuredAt;
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
    let made = this.#once.get(name) as Promise<Value> | undefined;
    if (made === undefined) {
      made = make();
      this.#once.set(name, made);
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
