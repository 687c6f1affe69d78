import type { Verdict } from "./oracle.ts";

/**
 * What the store must hold: for each token and time the heart rates of which one was the first. Requests of one
 * round run at once, so that each of them may have been first; those of later rounds may not.
 */
export class Ledger {
  readonly #readings = new Map<string, Map<number, Set<number>>>();

  /** Takes the readings of one round of requests that ran at once. */
  enter(verdicts: readonly Verdict[]): void {
    const before = new Map([...this.#readings].map(([token, times]) => [token, new Set(times.keys())]));
    for (const { reading } of verdicts) {
      if (reading === undefined || before.get(reading.token)?.has(reading.measuredAt)) continue;
      const times = this.of(reading.token);
      const rates = times.get(reading.measuredAt) ?? new Set();
      times.set(reading.measuredAt, rates.add(reading.bpm));
    }
  }

  /** The times of a token's user, each with the heart rates that may stand there. */
  of(token: string): Map<number, Set<number>> {
    const times = this.#readings.get(token) ?? new Map<number, Set<number>>();
    this.#readings.set(token, times);
    return times;
  }
}
