import { type Freshness, freshness } from "../../domain/freshness.ts";
import type { EpochMs } from "../../domain/reading.ts";

/** What the overlay knows of a pulse. */
export interface Pulse {
  readonly bpm: number;
  /** When the frame arrived here, in Unix ms: a device's clock may be wrong. */
  readonly arrivedAt: EpochMs;
}

/** What is on the screen. */
export interface Shown {
  readonly freshness: Freshness;
  /** The number, where it may be shown; undefined when the pulse is gone. */
  readonly bpm?: number;
  /** What stands beside it in words; empty while the pulse is live. */
  readonly words: string;
}

/**
 * Says what is shown of a pulse.
 *
 * @param clockTime writes a time of day
 */
export function show(pulse: Pulse | undefined, now: EpochMs, clockTime: (at: EpochMs) => string): Shown {
  const state = freshness(pulse?.arrivedAt, now);
  if (pulse === undefined) return { freshness: "gone", words: "No heart rate yet" };
  switch (state) {
    case "live":
      return { freshness: state, bpm: pulse.bpm, words: "" };
    case "stale":
      return { freshness: state, bpm: pulse.bpm, words: "No signal" };
    case "gone":
      return { freshness: state, words: `Last seen ${clockTime(pulse.arrivedAt)}` };
  }
}
