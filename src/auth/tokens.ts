import type { Directory, TokenRecord } from "../storage/directory.ts";
import type { GrantId } from "../storage/grants.ts";
import type { SessionTokens } from "./sessionTokens.ts";

/** Makes a token: a random UUID, 122 bits from the system's generator. It is shown once and kept nowhere. */
export function makeToken(): string {
  return crypto.randomUUID();
}

/** The form in which a token is stored: the SHA-256 of its 36 lower-case characters, in hexadecimal. */
export function hashToken(token: string): string {
  return Bun.SHA256.hash(token.toLowerCase(), "hex");
}

/**
 * Looks tokens up, through a bounded memory of those found before. Unknown tokens are never remembered, so that a
 * new one works at once. Remembered tokens are held as they came: a SHA-256 on every request would cost the hot
 * path more than the whole look-up. They are nowhere but in this process's memory, as the requests themselves are.
 */
export class TokenVerifier {
  readonly #directory: Directory;
  readonly #cachedTokensMax: number;
  readonly #sessions: Pick<SessionTokens, "find" | "revision">;
  /** Whether the routes that allow it read a token in the query. */
  readonly readsQueries: boolean;
  #found = new Map<string, TokenRecord>();
  /** Which of them are an app's, by what they were granted with. */
  #ofGrants = new Map<GrantId, Set<string>>();
  #forgotten = 0;

  constructor(
    directory: Directory,
    cachedTokensMax: number,
    sessions: Pick<SessionTokens, "find" | "revision">,
    readsQueries = true,
  ) {
    this.readsQueries = readsQueries;
    this.#directory = directory;
    this.#cachedTokensMax = cachedTokensMax;
    this.#sessions = sessions;
  }

  /**
   * @returns undefined when the token is unknown or revoked; at once when the token is remembered
   * @throws what the directory throws, which says nothing about the token
   */
  find(token: string): TokenRecord | undefined | Promise<TokenRecord | undefined> {
    return this.#found.get(token) ?? this.#sessions.find(token) ?? this.#lookUp(token);
  }

  /** Changes whenever some token may have ended: what was verified before has to be verified again. */
  get revision(): number {
    return this.#forgotten + this.#sessions.revision;
  }

  /** Forgets every token: some may have been revoked. */
  forget(): void {
    this.#found = new Map();
    this.#ofGrants = new Map();
    this.#forgotten++;
  }

  /** The same for the tokens of one grant: whoever renews theirs, as apps do all the time, costs nobody else a look-up. */
  forgetGrant(grant: GrantId): void {
    for (const token of this.#ofGrants.get(grant) ?? []) this.#found.delete(token);
    this.#ofGrants.delete(grant);
    this.#forgotten++;
  }

  async #lookUp(token: string): Promise<TokenRecord | undefined> {
    const forgotten = this.#forgotten;
    const record = await this.#directory.findToken(hashToken(token));
    // What was asked before something was forgotten is answered, but not remembered after it.
    if (record !== undefined && forgotten === this.#forgotten) this.#remember(token, record);
    return record;
  }

  #remember(token: string, record: TokenRecord): void {
    const [oldest] = this.#found;
    if (this.#found.size >= this.#cachedTokensMax && oldest !== undefined) this.#drop(...oldest);
    this.#found.set(token, record);
    if (record.grant === undefined) return;
    const tokens = this.#ofGrants.get(record.grant) ?? new Set();
    this.#ofGrants.set(record.grant, tokens.add(token));
  }

  #drop(token: string, { grant }: TokenRecord): void {
    this.#found.delete(token);
    const tokens = grant === undefined ? undefined : this.#ofGrants.get(grant);
    if (grant === undefined || tokens === undefined) return;
    tokens.delete(token);
    if (tokens.size === 0) this.#ofGrants.delete(grant);
  }
}
