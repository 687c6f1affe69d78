import type { EpochMs, ProfileId } from "../domain/reading.ts";
import { SCOPES, type Scope } from "../domain/scopes.ts";
import type { Profile, TokenRecord } from "../storage/directory.ts";
import type { People } from "../storage/people.ts";
import { makeToken } from "./tokens.ts";

/** How long a page's token opens something; the page asks for the next one before. */
export const SESSION_TOKEN_MS = 600_000;

/** The client that the tokens of our own pages belong to. */
export const PAGES_CLIENT_ID = "0d5e7a1c-93b4-4f6a-8c2e-5b7f1a9d3e60";

/** Everything that somebody may do with what is theirs. Only a server makes profiles. */
const OWN_SCOPES: readonly Scope[] = SCOPES.filter((scope) => scope !== "profile:create");

/** A person who is signed in, as a cookie showed. */
export interface SignedIn {
  /** better-auth's id of the session. */
  readonly sessionId: string;
  readonly person: string;
  readonly profile: Profile;
  /** When they last showed who they are. */
  readonly signedInAt: EpochMs;
  readonly expiresAt: EpochMs;
}

interface Kept {
  readonly number: number;
  /** Newest last. */
  readonly tokens: Map<string, TokenRecord>;
}

/**
 * The tokens by which our pages reach the API: each bound to a sign-in session, for ten minutes, in this process's memory
 * alone. A cookie is traded for one and opens nothing itself.
 */
export class SessionTokens {
  readonly #perSessionMax: number;
  readonly #byToken = new Map<string, TokenRecord>();
  readonly #bySession = new Map<string, Kept>();
  #lastNumber = 0;
  #revision = 0;

  /** @param perSessionMax tokens of one session that hold at the same time; one more ends the oldest */
  constructor(perSessionMax: number) {
    this.#perSessionMax = perSessionMax;
  }

  issue(
    { sessionId, person, profile, signedInAt, expiresAt }: SignedIn,
    now: EpochMs,
  ): {
    readonly token: string;
    readonly expiresAt: EpochMs;
  } {
    this.#dropExpired(now);
    const kept = this.#bySession.get(sessionId) ?? { number: ++this.#lastNumber, tokens: new Map() };
    this.#bySession.set(sessionId, kept);
    const token = makeToken();
    const record: TokenRecord = {
      // No row of the directory has it: what is made by a page is made by its person, and ends with no token.
      id: -kept.number,
      profile,
      clientId: PAGES_CLIENT_ID,
      scopes: OWN_SCOPES,
      expiresAt: Math.min(now + SESSION_TOKEN_MS, expiresAt) as EpochMs,
      session: { id: sessionId, number: kept.number, person, signedInAt },
    };
    kept.tokens.set(token, record);
    this.#byToken.set(token, record);
    const [oldest] = kept.tokens.keys();
    if (kept.tokens.size > this.#perSessionMax && oldest !== undefined) {
      kept.tokens.delete(oldest);
      this.#byToken.delete(oldest);
    }
    return { token, expiresAt: record.expiresAt as EpochMs };
  }

  find(token: string): TokenRecord | undefined {
    return this.#byToken.get(token);
  }

  /** Changes whenever tokens were ended before their time: what was found before has to be looked for again. */
  get revision(): number {
    return this.#revision;
  }

  /** Ends the tokens of a session, now. */
  end(sessionId: string): void {
    this.#revision++;
    for (const token of this.#bySession.get(sessionId)?.tokens.keys() ?? []) this.#byToken.delete(token);
    this.#bySession.delete(sessionId);
  }

  /** Ends every token of a profile, now. */
  endOf(profile: ProfileId): void {
    for (const [id, { tokens }] of this.#bySession) {
      if (tokens.values().some((token) => token.profile?.id === profile)) this.end(id);
    }
  }

  /**
   * Ends the tokens of sessions that are not there any more.
   *
   * @returns the numbers of those that are
   */
  async endMissing(people: Pick<People, "findSessions">): Promise<ReadonlySet<number>> {
    const known = [...this.#bySession.keys()];
    if (known.length === 0) return new Set();
    const held = await people.findSessions(known);
    for (const id of known) if (!held.has(id)) this.end(id);
    return new Set([...this.#bySession.values()].map(({ number }) => number));
  }

  #dropExpired(now: EpochMs): void {
    for (const [id, { tokens }] of this.#bySession) {
      for (const [token, { expiresAt = 0 }] of tokens) {
        if (expiresAt > now) break;
        tokens.delete(token);
        this.#byToken.delete(token);
      }
      if (tokens.size === 0) this.#bySession.delete(id);
    }
  }
}
