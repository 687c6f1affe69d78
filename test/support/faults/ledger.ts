/** One reading that was sent, and whether a 200 came back. */
export interface SentReading {
  readonly user: string;
  readonly measuredAt: number;
  readonly bpm: number;
  answered: boolean;
}

/** Claimed times of one user are this far apart, so that some hours hold many readings. */
const SPACING_MS = 700;

/** How long ago the first claimed time is: every one is in the past, so that it is its own effective time. */
const FIRST_CLAIMED_AGO_MS = 30 * 24 * 3_600_000;

/** What was sent to a server, and what it promised: the book against which its folder is checked. */
export class Ledger {
  readonly users: readonly string[];
  readonly #sent = new Map<string, Map<number, SentReading>>();
  readonly #answered: SentReading[] = [];
  readonly #start = Date.now() - FIRST_CLAIMED_AGO_MS;
  #next = 0;

  constructor(users: readonly string[]) {
    this.users = users;
    for (const user of users) this.#sent.set(user, new Map());
  }

  get answeredCount(): number {
    return this.#answered.length;
  }

  /**
   * Makes a reading that was never sent before, mostly newer than the ones before it, sometimes late.
   *
   * @param chance from 0 to 1; the upper tenth is late
   */
  make(chance: number): SentReading {
    const number = this.#next++;
    const user = this.users[number % this.users.length] as string;
    const step = SPACING_MS * Math.floor(number / this.users.length);
    const measuredAt = chance > 0.9 ? this.#start - step - 1 : this.#start + step;
    const reading = { user, measuredAt, bpm: 30 + Math.floor(chance * 200), answered: false };
    this.#of(user).set(measuredAt, reading);
    return reading;
  }

  /** Notes a 200. */
  answer(reading: SentReading): void {
    if (reading.answered) return;
    reading.answered = true;
    this.#answered.push(reading);
  }

  /** A reading that was answered 200, chosen by chance; undefined before the first. */
  anyAnswered(chance: number): SentReading | undefined {
    return this.#answered[Math.floor(chance * this.#answered.length)];
  }

  /** What was sent and never answered 200: it may be stored or not. */
  unanswered(): SentReading[] {
    return [...this.#sent.values()].flatMap((sent) => [...sent.values()].filter(({ answered }) => !answered));
  }

  /**
   * Compares with what a store holds of one user, in the order in which the store gives it.
   *
   * @returns what is wrong, in words; nothing when every answered reading is there once and nothing else is
   */
  check(user: string, stored: readonly { readonly measuredAt: number; readonly bpm: number }[]): string[] {
    const sent = this.#of(user);
    const wrong: string[] = [];
    const seen = new Set<number>();
    for (const { measuredAt, bpm } of stored) {
      const expected = sent.get(measuredAt);
      if (seen.has(measuredAt)) wrong.push(`${user} ${measuredAt}: stored twice`);
      else if (expected === undefined) wrong.push(`${user} ${measuredAt}: stored and never sent`);
      else if (expected.bpm !== bpm) wrong.push(`${user} ${measuredAt}: sent ${expected.bpm}, stored ${bpm}`);
      seen.add(measuredAt);
    }
    for (const { measuredAt, answered } of sent.values()) {
      if (answered && !seen.has(measuredAt)) wrong.push(`${user} ${measuredAt}: answered 200 and not stored`);
    }
    return wrong;
  }

  #of(user: string): Map<number, SentReading> {
    return this.#sent.get(user) as Map<number, SentReading>;
  }
}
