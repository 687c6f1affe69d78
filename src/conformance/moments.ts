/** By as much may the clocks of both machines differ: the first reading is measured this long before now. */
export const CLOCKS_DIFFER_MS_MAX = 60_000;

/** Readings of the past lie this far behind, so that no reading of now is among them. */
const PAST_MS = 7_200_000;

/** Between two readings there is room for one that a server rounds wrongly. */
const STEP_MS = 2;

const DAY_MS = 86_400_000;

/**
 * Times at which readings are measured: each is new, newer than all before, and not in the future of the server. Unix
 * milliseconds.
 */
export class Moments {
  #last: number;
  #past: number;
  /** How far the server's clock is ahead of ours, as far as is known. */
  #aheadMs = 0;

  /** @param latest the newest reading that the user has */
  constructor(latest: number) {
    this.#last = Math.max(Date.now() - CLOCKS_DIFFER_MS_MAX, latest);
    this.#past = Date.now() - PAST_MS;
    // No reading is newer than its arrival: the server's clock has been there.
    this.#aheadMs = Math.max(0, latest - Date.now());
  }

  /** @throws what the signal says when it is aborted while the time has not come yet */
  async next(signal: AbortSignal): Promise<number> {
    this.#last += STEP_MS;
    while (this.#last > Date.now() + this.#aheadMs) {
      signal.throwIfAborted();
      await Bun.sleep(1);
    }
    return this.#last;
  }

  /** A time of two hours ago, at which nothing was measured yet. */
  past(): number {
    this.#past++;
    return this.#past;
  }

  /** Six times, a second apart as those of a live pulse, somewhere from two to six days ago. */
  someOfDaysAgo(): readonly number[] {
    const daysAgo = 2 + Math.random() * 4;
    const first = Date.now() - Math.round(daysAgo * DAY_MS);
    return Array.from({ length: 6 }, (_, second) => first + second * 1_000);
  }

  /**
   * The server has shown what time it is there, at a reading that is now the latest.
   *
   * @returns whether that is about our time; otherwise it is a time that was claimed, and nobody waits for it
   */
  sawServerTime(time: number): boolean {
    const aheadMs = time - Date.now();
    if (!(Math.abs(aheadMs) <= CLOCKS_DIFFER_MS_MAX)) return false;
    this.#aheadMs = aheadMs;
    this.#last = Math.max(this.#last, time);
    return true;
  }
}
