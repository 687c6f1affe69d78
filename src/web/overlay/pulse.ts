import { type Freshness, freshness } from "../../domain/freshness.ts";
import type { EpochMs } from "../../domain/reading.ts";
import type { LastReading } from "./link.ts";

/** The newest reading that the overlay knows. */
export interface Pulse {
  readonly bpm: number;
  /**
   * When it was heard here, in Unix ms: a device's clock may be wrong. For one from before the page listened it is when
   * it was measured, as far as is known.
   */
  readonly seenAt: EpochMs;
}

/** What is on the screen. */
export interface Shown {
  readonly freshness: Freshness;
  /** The number, where it may be shown; undefined when the pulse is gone. */
  readonly bpm?: number;
  /** What stands below it in words; empty while the pulse is live. */
  readonly words: string;
}

/** The newer one of what is known and what the server says is the latest. */
export function newer(
  known: Pulse | undefined,
  last: LastReading | undefined,
  now: EpochMs,
): Pulse | undefined {
  if (last === undefined) return known;
  const seenAt = (now - last.ageMs) as EpochMs;
  return known === undefined || seenAt > known.seenAt ? { bpm: last.bpm, seenAt } : known;
}

/**
 * Says what is shown of a pulse.
 *
 * @param isConnected whether readings would be heard if there were any
 */
export function show(pulse: Pulse | undefined, isConnected: boolean, now: EpochMs): Shown {
  const state = freshness(pulse?.seenAt, now);
  if (pulse === undefined) {
    return { freshness: "gone", words: isConnected ? "No heart rate yet" : "No connection" };
  }
  switch (state) {
    case "live":
      return { freshness: state, bpm: pulse.bpm, words: "" };
    case "stale":
      return { freshness: state, bpm: pulse.bpm, words: isConnected ? "No signal" : "No connection" };
    case "gone":
      return { freshness: state, words: `Last seen ${timeOf(pulse.seenAt, now)}` };
  }
}

/** The time of day, and the day when it is not today's. */
function timeOf(at: EpochMs, now: EpochMs): string {
  const date = new Date(at);
  const time = date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  if (date.toDateString() === new Date(now).toDateString()) return time;
  return `${date.toLocaleDateString("en-GB", { day: "numeric", month: "short" })}, ${time}`;
}
