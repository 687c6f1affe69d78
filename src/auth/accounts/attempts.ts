import type { EpochMs } from "../../domain/reading.ts";
import { AccountRefused } from "./accountRefused.ts";

/** What attempts are counted by, and how many of them cost no waiting. */
export interface Counter {
  readonly key: string;
  readonly free: number;
}

export interface AttemptLimits {
  readonly attemptsRememberedMax: number;
  readonly attemptWaitSecondsMax: number;
}

/** An attempt that counts as failed until something else is said of it. */
export interface Attempt {
  /** It was a good one: it does not count any more, and these counters begin anew. */
  succeeded(forgiven?: readonly Counter[]): void;
}

/** Failures are forgotten when there was none for this long. */
const FORGOTTEN_MS = 86_400_000;

interface Failures {
  count: number;
  lastAt: number;
}

/**
 * Counts failed attempts and makes the next one wait: 1 s after the last free one, then 2, 4, 8 and so on. In this process's
 * memory alone, because a restart is the operator's. When it is full the counter that was not touched for longest is forgotten:
 * whoever wants to push one out has to make as many attempts as there are places, each of which waits for its own sake.
 */
export class Attempts {
  readonly #limits: AttemptLimits;
  readonly #clock: () => EpochMs;
  /** Least recently touched first. */
  readonly #failures = new Map<string, Failures>();

  constructor(limits: AttemptLimits, clock: () => EpochMs) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /**
   * Begins an attempt. It counts as failed at once, so that a thousand of them at the same time are no way around.
   *
   * @throws AccountRefused when one of the counters says that it is not time yet; nothing is counted then
   */
  begin(counters: readonly Counter[]): Attempt {
    const waitMs = Math.max(0, ...counters.map((counter) => this.#waitMs(counter)));
    if (waitMs > 0) {
      throw new AccountRefused("too many attempts", { waitSeconds: Math.ceil(waitMs / 1_000) });
    }
    for (const { key } of counters) this.#count(key);
    let isOver = false;
    return {
      succeeded: (forgiven = []) => {
        if (isOver) return;
        isOver = true;
        for (const { key } of counters) this.#uncount(key);
        for (const { key } of forgiven) this.#failures.delete(key);
      },
    };
  }

  /** Whether the next attempt by this counter would have to wait now. */
  isWaiting(counter: Counter): boolean {
    return this.#waitMs(counter) > 0;
  }

  #waitMs({ key, free }: Counter): number {
    const failures = this.#failures.get(key);
    if (failures === undefined || failures.count < free) return 0;
    const sinceMs = this.#clock() - failures.lastAt;
    if (sinceMs >= FORGOTTEN_MS) {
      this.#failures.delete(key);
      return 0;
    }
    return Math.min(2 ** (failures.count - free), this.#limits.attemptWaitSecondsMax) * 1_000 - sinceMs;
  }

  #count(key: string): void {
    const now = this.#clock();
    const known = this.#failures.get(key);
    const count = known === undefined || now - known.lastAt >= FORGOTTEN_MS ? 1 : known.count + 1;
    this.#failures.delete(key);
    this.#failures.set(key, { count, lastAt: now });
    if (this.#failures.size > this.#limits.attemptsRememberedMax) {
      this.#failures.delete(this.#failures.keys().next().value as string);
    }
  }

  #uncount(key: string): void {
    const failures = this.#failures.get(key);
    if (failures === undefined) return;
    failures.count--;
    if (failures.count <= 0) this.#failures.delete(key);
  }
}
