import { DEVICE_INTERVAL_SECONDS } from "../../domain/oauthLifetimes.ts";
import type { EpochMs } from "../../domain/reading.ts";

const INTERVAL_MS = DEVICE_INTERVAL_SECONDS * 1000;

/** How long a poll that comes too soon is held up at most. */
const HOLD_MS_MAX = 1_000;

/** Codes whose last poll is remembered; one more makes the one that was polled first be forgotten, which costs it nothing. */
const POLLED_MAX = 10_000;

/**
 * Slows devices down that poll too fast, without the `slow_down` of RFC 8628, on which shipped apps give up: their answer comes up
 * to a second late. A code has one open poll; the one before it is answered at once.
 */
export class DevicePolls {
  readonly #polledAt = new Map<string, EpochMs>();
  readonly #held = new Map<string, () => void>();

  /** Held polls, for the tests. */
  get heldCount(): number {
    return this.#held.size;
  }

  /**
   * Waits as long as a poll of a code that nobody decided yet has to.
   *
   * @param signal ends the wait when whoever polled has gone
   */
  async hold(code: string, now: EpochMs, signal: AbortSignal): Promise<void> {
    this.#held.get(code)?.();
    const before = this.#polledAt.get(code);
    this.#remember(code, now);
    const tooSoonMs = before === undefined ? 0 : before + INTERVAL_MS - now;
    if (tooSoonMs <= 0 || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, Math.min(tooSoonMs, HOLD_MS_MAX));
      const held = this.#held;
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        if (held.get(code) === done) held.delete(code);
        resolve();
      }
      signal.addEventListener("abort", done);
      held.set(code, done);
    });
  }

  /** Answers everybody who is held up: the server stops. */
  releaseAll(): void {
    for (const release of [...this.#held.values()]) release();
  }

  #remember(code: string, now: EpochMs): void {
    this.#polledAt.delete(code);
    if (this.#polledAt.size >= POLLED_MAX) {
      this.#polledAt.delete(this.#polledAt.keys().next().value as string);
    }
    this.#polledAt.set(code, now);
  }
}
