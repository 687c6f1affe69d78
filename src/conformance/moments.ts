/** How far before now the first reading is measured: clocks of two machines may differ by this. */
const START_BEFORE_NOW_MS = 60_000;

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
    this.#last = Math.max(Date.now() - START_BEFORE_NOW_MS, latest);
    this.#past = Date.now() - PAST_MS;
  }

  async next(): Promise<number> {
    this.#last += STEP_MS;
    while (this.#last > Date.now() + this.#aheadMs) await Bun.sleep(1);
    return this.#last;
  }

  /** A time of two hours ago, at which nothing was measured yet. */
  past(): number {
    this.#past++;
    return this.#past;
  }

  /** Two times, ten seconds apart, somewhere from two to six days ago. */
  pairOfDaysAgo(): readonly [number, number] {
    const daysAgo = 2 + Math.random() * 4;
    const first = Date.now() - Math.round(daysAgo * DAY_MS);
    return [first, first + 10_000];
  }

  /** The server has shown what time it is there, at a reading that is now the latest. */
  sawServerTime(time: number): void {
    this.#aheadMs = time - Date.now();
    this.#last = Math.max(this.#last, time);
  }
}
