import { NoAnswer } from "./client/connection.ts";
import type { HttpClient } from "./client/httpClient.ts";
import { shown } from "./expectations.ts";
import { type ConformanceOptions, UnusableOptions } from "./options.ts";
import { capital, redact } from "./secrets.ts";

/** What the server says of a token. */
export interface KnownToken {
  readonly token: string;
  readonly profileId: string | null;
  readonly scopes: readonly string[];
  readonly expiresInSeconds: number;
}

const READ = "data:heart_rate:read";
const WRITE = "data:heart_rate:write";

/** The tokens that the kit was given, by what they open. */
export class Tokens {
  readonly read: KnownToken;
  readonly write: KnownToken;
  /** Of a user without readings. */
  readonly empty: KnownToken | undefined;
  readonly revocable: KnownToken | undefined;
  readonly expiring: KnownToken | undefined;
  readonly #all: readonly KnownToken[];

  private constructor(found: {
    readonly read: KnownToken;
    readonly write: KnownToken;
    readonly empty: KnownToken | undefined;
    readonly revocable: KnownToken | undefined;
    readonly expiring: KnownToken | undefined;
    readonly further: readonly KnownToken[];
  }) {
    this.read = found.read;
    this.write = found.write;
    this.empty = found.empty;
    this.revocable = found.revocable;
    this.expiring = found.expiring;
    this.#all = [found.read, found.write, ...found.further];
  }

  /**
   * Asks the server what each token is.
   *
   * @throws UnusableOptions when one is refused, or does not open what it is for; NoAnswer when that cannot be found out
   */
  static async discover(http: HttpClient, options: ConformanceOptions): Promise<Tokens> {
    const look = (name: string, token: string) => validate(http, name, token);
    const maybe = async (name: string, token: string | undefined) =>
      token === undefined ? undefined : await look(name, token);
    const givenRead = await maybe("the read token", options.readToken);
    const givenWrite = await maybe("the write token", options.writeToken);
    const further: KnownToken[] = [];
    for (const token of options.tokens ?? []) further.push(await look("a token", token));
    const read = givenRead ?? further.find((known) => opens(known, [READ]));
    const write =
      givenWrite ?? further.find((known) => opens(known, [WRITE]) && known.profileId === read?.profileId);
    requireScope(read, READ, "read");
    requireScope(write, WRITE, "write");
    if (read.profileId !== write.profileId) {
      throw new UnusableOptions("The read and the write token must belong to the same user.");
    }
    if (read.profileId === null) throw new UnusableOptions("The read and the write token must have a user.");
    return new Tokens({
      read,
      write,
      further,
      empty: await maybe("the token of a user without readings", options.emptyToken),
      revocable: await maybe("the token to revoke", options.revocableToken),
      expiring: await maybe("the token that expires soon", options.expiringToken),
    });
  }

  get profileId(): string {
    return this.read.profileId ?? "";
  }

  /** A token of the test user with these scopes and without those. */
  find(scopes: readonly string[], without: readonly string[] = []): string | undefined {
    return this.#all.find(
      (known) => known.profileId === this.profileId && opens(known, scopes) && !opensAny(known, without),
    )?.token;
  }

  /** A token of another user with these scopes. */
  findOther(scopes: readonly string[]): KnownToken | undefined {
    return this.#all.find(
      (known) => known.profileId !== null && known.profileId !== this.profileId && opens(known, scopes),
    );
  }

  /** Tokens of the user whose token this is, that one at the end, because it may have been revoked. */
  ofSameUser(token: string, scopes: readonly string[]): readonly string[] {
    const known = [...this.#all, this.revocable].find((one) => one?.token === token);
    const others = this.#all.filter(
      (one) => one !== known && one.profileId === known?.profileId && opens(one, scopes),
    );
    return [...others.map((one) => one.token), token];
  }

  /** Anybody's token without this scope. */
  findLacking(scope: string): string | undefined {
    return this.#all.find((known) => !opensAny(known, [scope]))?.token;
  }
}

export function opens({ scopes }: KnownToken, wanted: readonly string[]): boolean {
  return wanted.every((scope) => scopes.includes(scope));
}

function opensAny({ scopes }: KnownToken, unwanted: readonly string[]): boolean {
  return unwanted.some((scope) => scopes.includes(scope));
}

function requireScope(
  known: KnownToken | undefined,
  scope: string,
  role: string,
): asserts known is KnownToken {
  if (known === undefined)
    throw new UnusableOptions(`A token of the test user that holds ${scope} is missing.`);
  if (!opens(known, [scope])) throw new UnusableOptions(`The ${role} token lacks the scope ${scope}.`);
}

async function validate(http: HttpClient, name: string, token: string): Promise<KnownToken> {
  const answer = await http.ask({ path: "/api/v1/token/validate", token });
  const seen = redact(shown(answer), { tokens: [token], widgets: [] });
  if (answer.status === 401) {
    throw new UnusableOptions(
      `${capital(name)} is refused; did it expire, or did an earlier run use it up? ${seen}`,
    );
  }
  const said = answer.json as Record<string, unknown> | undefined | null;
  const { scopes, profile_id: profileId, expires_in: expiresInSeconds } = said ?? {};
  const isUsable =
    answer.status === 200 &&
    Array.isArray(scopes) &&
    scopes.every((scope) => typeof scope === "string") &&
    (typeof profileId === "string" || profileId === null);
  if (!isUsable) {
    throw new NoAnswer(
      `GET /api/v1/token/validate does not say what ${name} is, so that nothing can be checked: ${seen}`,
    );
  }
  return { token, profileId, scopes, expiresInSeconds: Number(expiresInSeconds) };
}
