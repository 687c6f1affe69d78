import type { EpochMs } from "../domain/reading.ts";
import type { TokenRecord } from "../storage/directory.ts";
import type { GrantId } from "../storage/grants.ts";
import type { TokenUseCount, TokenUses } from "../storage/tokenUses.ts";

/** One token's uses since the last flush. */
class UseCount implements TokenUseCount {
  readonly token: number;
  readonly grant: GrantId | undefined;
  readonly firstAt: EpochMs;
  reads = 0;
  writes = 0;
  lastReadAt = 0 as EpochMs;
  lastWrittenAt = 0 as EpochMs;

  constructor({ id, grant }: TokenRecord, now: EpochMs) {
    this.token = id;
    this.grant = grant;
    this.firstAt = now;
  }
}

/**
 * Counts how often each token is used, in memory, so that a request pays one look-up in a map; what was counted is written
 * every few seconds and at the orderly end. A crash loses what was not written yet, which is all the promise there is. Tokens of
 * pages are not counted: they have no row.
 */
export class UseCounts {
  readonly #uses: TokenUses;
  readonly #tokensMax: number;
  #counts = new Map<number, UseCount>();
  /** Tokens that are known to have been used before, so that nobody looks for their first use again. */
  #known = new Set<number>();
  #flushing: Promise<void> | undefined;

  /** @param tokensMax tokens counted at the same time; uses of one more are not counted until the next flush */
  constructor(uses: TokenUses, tokensMax: number) {
    this.#uses = uses;
    this.#tokensMax = tokensMax;
  }

  /** A heart rate, statistics or a room was read by a token, or a socket was opened. */
  read(token: TokenRecord, now: EpochMs): void {
    const count = this.#counts.get(token.id) ?? this.#begin(token, now);
    if (count === undefined) return;
    count.reads++;
    count.lastReadAt = now;
  }

  /** A heart rate was written by a token. */
  wrote(token: TokenRecord, now: EpochMs): void {
    const count = this.#counts.get(token.id) ?? this.#begin(token, now);
    if (count === undefined) return;
    count.writes++;
    count.lastWrittenAt = now;
  }

  /** Writes what was counted. @throws what the directory throws; it is all still counted then */
  async flush(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing.catch(() => {});
    if (this.#counts.size === 0) return;
    this.#flushing = this.#write();
    try {
      await this.#flushing;
    } finally {
      this.#flushing = undefined;
    }
  }

  async #write(): Promise<void> {
    const counts = this.#counts;
    this.#counts = new Map();
    const unknown = [...counts.keys()].filter((token) => !this.#known.has(token));
    try {
      await this.#uses.add([...counts.values()], unknown);
    } catch (error) {
      for (const count of counts.values()) this.#putBack(count);
      throw error;
    }
    if (this.#known.size + unknown.length > this.#tokensMax) this.#known = new Set();
    for (const token of unknown) this.#known.add(token);
  }

  #begin(token: TokenRecord, now: EpochMs): UseCount | undefined {
    if (token.session !== undefined || this.#counts.size >= this.#tokensMax) return undefined;
    const count = new UseCount(token, now);
    this.#counts.set(token.id, count);
    return count;
  }

  #putBack(count: UseCount): void {
    const newer = this.#counts.get(count.token);
    if (newer !== undefined) {
      count.reads += newer.reads;
      count.writes += newer.writes;
      if (newer.reads > 0) count.lastReadAt = newer.lastReadAt;
      if (newer.writes > 0) count.lastWrittenAt = newer.lastWrittenAt;
    } else if (this.#counts.size >= this.#tokensMax) return;
    this.#counts.set(count.token, count);
  }
}
