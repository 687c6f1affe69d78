import { Mismatch, NotChecked } from "./check.ts";
import { ProbeSocket } from "./socket.ts";

/** What the operator's hand does, where a rule is about that. Each is called with what is to happen. */
export interface Hooks {
  /** Revokes a token. It is used up by that. */
  readonly onRevoke?: (token: string) => Promise<void>;
  /** Stops the server and starts it again under the same address; returns when it was told to start. */
  readonly onRestart?: () => Promise<void>;
  /** Makes the store of readings fail (`begin`), and work again (`end`). */
  readonly onStoreFailure?: (step: "begin" | "end") => Promise<void>;
  /** Makes the look-up of tokens fail (`begin`), and work again (`end`). */
  readonly onTokenStoreFailure?: (step: "begin" | "end") => Promise<void>;
}

export interface KitOptions extends Hooks {
  readonly base: URL;
  /** Tokens of one and the same user; which of them holds what is asked of the server. */
  readonly tokens: readonly string[];
  readonly expiredToken?: string;
  /** The id of a room in which the user is. */
  readonly room?: string;
  /** Readings are measured this long ago, so that none is ahead of its arrival: 2 s, as a Date header is exact to one. */
  readonly clockToleranceMs?: number;
  /** How long the slow checks wait, where the wire's times are too long: for tests of the kit itself. */
  readonly quietSeconds?: number;
  readonly steadySeconds?: number;
  /** The id of a widget of the user whose link is open. */
  readonly widget?: string;
}

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Call {
  readonly token?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

const ANSWER_TIMEOUT_MS = 10_000;

const CLOCK_TOLERANCE_MS = 2_000;

function skewOf(date: string | null): number {
  const server = Date.parse(date ?? "");
  const skew = server - Date.now();
  return Number.isNaN(server) || Math.abs(skew) < CLOCK_TOLERANCE_MS ? 0 : skew;
}

/** What checks work with: the server, the tokens, and what else was given. */
export class Kit {
  readonly options: KitOptions;
  /** What each token may do, as the server says. */
  readonly #scopes = new Map<string, readonly string[]>();
  #lastTime = 0;
  /** How far the server's clock is ahead of ours, in ms, as far as its Date header tells. */
  #skewMs = 0;

  readonly #toleranceMs: number;

  constructor(options: KitOptions) {
    this.options = options;
    this.#toleranceMs = options.clockToleranceMs ?? CLOCK_TOLERANCE_MS;
  }

  /** Asks the server what the tokens may do. @returns the `profile_id` of each, for the one that asks whether they are one user's */
  async learnScopes(): Promise<readonly unknown[]> {
    const profiles: unknown[] = [];
    for (const token of this.options.tokens) {
      const answer = await this.call("GET", "/api/v1/token/validate", { token });
      const record = parseObject(answer.text);
      this.#skewMs = skewOf(answer.headers.get("date"));
      if (answer.status !== 200 || !Array.isArray(record?.scopes)) {
        throw new NotChecked(
          `the server does not take a token: ${answer.status} ${answer.text.slice(0, 200)}`,
        );
      }
      this.#scopes.set(token, record.scopes.map(String));
      profiles.push(record.profile_id);
    }
    return profiles;
  }

  /** A token that holds a scope. @throws NotChecked when none was given */
  tokenFor(scope: string): string {
    const found = this.options.tokens.find((token) => this.#scopes.get(token)?.includes(scope));
    if (found === undefined) throw new NotChecked(`it needs a token with ${scope}`);
    return found;
  }

  /** A token that lacks a scope. @throws NotChecked when every one holds it */
  tokenWithout(scope: string): string {
    const found = this.options.tokens.find((token) => !this.#scopes.get(token)?.includes(scope));
    if (found === undefined) throw new NotChecked(`it needs a token without ${scope}`);
    return found;
  }

  scopesOf(token: string): readonly string[] {
    return this.#scopes.get(token) ?? [];
  }

  /** @throws NotChecked when it was not given */
  given<Name extends keyof KitOptions>(name: Name): NonNullable<KitOptions[Name]> {
    const value = this.options[name];
    if (value === undefined || value === null) throw new NotChecked(`it needs ${GIVEN_AS[name] ?? name}`);
    return value as NonNullable<KitOptions[Name]>;
  }

  async call(method: string, path: string, { token, query, headers, body }: Call = {}): Promise<Answer> {
    const address = new URL(query === undefined ? path : `${path}?${query}`, this.options.base);
    const response = await fetch(address, {
      method,
      headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /** Asks for a socket; the answer may be a refusal. */
  socket(path: string, { token, query, headers }: Omit<Call, "body"> = {}): Promise<ProbeSocket> {
    return ProbeSocket.open(this.options.base, query === undefined ? path : `${path}?${query}`, {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    });
  }

  /** An open socket. @throws Mismatch when it is refused */
  async listen(path: string, call: Omit<Call, "body"> = {}): Promise<ProbeSocket> {
    const socket = await this.socket(path, call);
    const { status, body } = socket.handshake;
    if (status !== 101) throw new Mismatch("the answer to a WebSocket handshake", 101, `${status} ${body}`);
    return socket;
  }

  /** Listens to the user. */
  hear(query?: string): Promise<ProbeSocket> {
    return this.listen("/api/v1/data/real_time", {
      token: this.tokenFor("data:heart_rate:read"),
      ...(query === undefined ? {} : { query }),
    });
  }

  /** Now, on the server's clock. */
  now(): number {
    return Date.now() + this.#skewMs;
  }

  /** A time at which no reading was sent yet: a moment ago, so that no reading is ahead of its arrival. */
  nextTime(): number {
    this.#lastTime = Math.max(this.#lastTime + 1, Math.floor(this.now() - this.#toleranceMs));
    return this.#lastTime;
  }

  /** Waits until readings from now on are newer than a time. */
  async waitPast(time: number): Promise<void> {
    while (this.now() - this.#toleranceMs <= time) await Bun.sleep(20);
  }

  /** Writes a reading measured now. @returns its time; @throws Mismatch when it is not accepted */
  async write(bpm: number, measuredAt = this.nextTime()): Promise<number> {
    const answer = await this.writeBody(
      JSON.stringify({ measured_at: measuredAt, data: { heart_rate: bpm } }),
    );
    if (answer.status !== 200)
      throw new Mismatch("the status of a write", 200, `${answer.status} ${answer.text}`);
    return measuredAt;
  }

  writeBody(body: string | Uint8Array<ArrayBuffer>): Promise<Answer> {
    return this.call("POST", "/api/v1/data", { token: this.tokenFor("data:heart_rate:write"), body });
  }

  latest(query?: string): Promise<Answer> {
    const token = this.tokenFor("data:heart_rate:read");
    return this.call("GET", "/api/v1/data/heart_rate/latest", {
      token,
      ...(query === undefined ? {} : { query }),
    });
  }
}

/** How an option is named on the command line, for those who did not give it. */
const GIVEN_AS: Readonly<Partial<Record<keyof KitOptions, string>>> = {
  expiredToken: "--expired-token",
  room: "--room",
  widget: "--widget",
  onRevoke: "--on-revoke",
  onRestart: "--on-restart",
  onStoreFailure: "--on-store-failure",
  onTokenStoreFailure: "--on-token-store-failure",
};

/** @returns undefined for what is no JSON object */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
