import type { Directory, TokenRecord } from "../storage/directory.ts";
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
  readonly #sessions: Pick<SessionTokens, "find">;
  /** Whether the routes that allow it read a token in the query. */
  readonly readsQueries: boolean;
  #found = new Map<string, TokenRecord>();
  #revision = 0;

  constructor(
    directory: Directory,
    cachedTokensMax: number,
    sessions: Pick<SessionTokens, "find">,
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
    return this.#revision;
  }

  /** Forgets every token: some may have been revoked. */
  forget(): void {
    this.#found = new Map();
    this.#revision++;
  }

  async #lookUp(token: string): Promise<TokenRecord | undefined> {
    const found = this.#found;
    const record = await this.#directory.findToken(hashToken(token));
    // What was asked before a call of forget() is answered, but not remembered after it.
    if (record !== undefined && found === this.#found) this.#remember(token, record);
    return record;
  }

  #remember(token: string, record: TokenRecord): void {
    if (this.#found.size >= this.#cachedTokensMax) {
      this.#found.delete(this.#found.keys().next().value as string);
    }
    this.#found.set(token, record);
  }
}
