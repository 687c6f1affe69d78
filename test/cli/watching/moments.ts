import type { FeedEvent } from "../../../src/cli/watching/liveFeed.ts";
import { afterEvent, STARTED, type WatchState } from "../../../src/cli/watching/watchState.ts";
import type { Bpm, EpochMs } from "../../../src/domain/reading.ts";

export const NOON = Date.UTC(2026, 5, 1, 12) as EpochMs;

/** A moment by its distance from noon. */
export function later(seconds: number): EpochMs {
  return (NOON + seconds * 1000) as EpochMs;
}

export function reading(bpm: number, measuredAt: EpochMs): FeedEvent {
  return { kind: "reading", reading: { bpm: bpm as Bpm, measuredAt } };
}

/** The state after one reading a second, the last at noon. */
export function heard(rates: readonly number[]): WatchState {
  let state = afterEvent(STARTED, { kind: "open" }, NOON);
  for (const [index, bpm] of rates.entries()) {
    const at = later(index - rates.length + 1);
    state = afterEvent(state, reading(bpm, at), at);
  }
  return state;
}
