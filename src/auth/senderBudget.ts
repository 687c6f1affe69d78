import type { EpochMs } from "../domain/reading.ts";

const MINUTE_MS = 60_000;

/** Senders that are counted at the same time; one more makes the count that began first be forgotten. */
const SENDERS_MAX = 10_000;

interface Spent {
  count: number;
  readonly endsAt: number;
}

/** How much each sender may ask for in a minute. It is counted in this process's memory. */
export class SenderBudget {
  readonly #perMinuteMax: number;
  readonly #spent = new Map<string, Spent>();

  constructor(perMinuteMax: number) {
    this.#perMinuteMax = perMinuteMax;
  }

  /** Says whether there is nothing left to spend. @returns in how many seconds there is; undefined when there is now */
  waitSeconds(sender: string, now: EpochMs): number | undefined {
    const spent = this.#runningMinute(sender, now);
    if (spent === undefined || spent.count < this.#perMinuteMax) return undefined;
    return Math.ceil((spent.endsAt - now) / 1000);
  }

  /** Counts one request. @returns undefined when it may be answered, otherwise in how many seconds the next one may */
  spend(sender: string, now: EpochMs): number | undefined {
    const wait = this.waitSeconds(sender, now);
    if (wait !== undefined) return wait;
    let spent = this.#runningMinute(sender, now);
    if (spent === undefined) {
      this.#spent.delete(sender);
      if (this.#spent.size >= SENDERS_MAX) this.#spent.delete(this.#spent.keys().next().value as string);
      spent = { count: 0, endsAt: now + MINUTE_MS };
      this.#spent.set(sender, spent);
    }
    spent.count++;
    return undefined;
  }

  /** A minute that ends later than one that begins now was begun before the clock was set back: it would not end for as long. */
  #runningMinute(sender: string, now: EpochMs): Spent | undefined {
    const spent = this.#spent.get(sender);
    return spent !== undefined && spent.endsAt > now && spent.endsAt <= now + MINUTE_MS ? spent : undefined;
  }
}
