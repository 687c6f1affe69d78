import type { EpochMs } from "../../domain/reading.ts";

/** How many times faster than recorded, or `max`: without waiting. */
export type Speed = number | "max";

/** What a reading's time becomes. */
export type TimeShift =
  /** As recorded. */
  | { readonly kind: "none" }
  /** The first reading gets this time; the others keep their distance from it, divided by the speed. */
  | { readonly kind: "first at"; readonly time: EpochMs }
  /** Every reading is moved by the same distance. */
  | { readonly kind: "by"; readonly distanceMs: number };

/** When a reading is to be sent, and with which time. */
export interface Moment {
  /** Counted from the first reading. */
  readonly dueAfterMs: number;
  readonly measuredAt: EpochMs;
}

/**
 * Makes the timetable of a replay: called with each recorded time in turn, it says when that reading is due and what
 * its time becomes. Due times never go back: a step back in time does not wait. They are counted from the start, not
 * from the last send, so a slow answer does not stretch the replay.
 */
export function createReplay(speed: Speed, shift: TimeShift): (recordedAt: EpochMs) => Moment {
  const divisor = speed === "max" ? 1 : speed;
  let first: EpochMs | undefined;
  let previous: { recordedAt: EpochMs; measuredAt: number; dueAfterMs: number } | undefined;
  return (recordedAt) => {
    first ??= recordedAt;
    const stepMs = previous === undefined ? 0 : Math.max(0, recordedAt - previous.recordedAt);
    const dueAfterMs = speed === "max" ? 0 : (previous?.dueAfterMs ?? 0) + stepMs / speed;
    let measuredAt: number = recordedAt;
    if (shift.kind === "by") measuredAt = recordedAt + shift.distanceMs;
    if (shift.kind === "first at") {
      measuredAt = shift.time + Math.floor((recordedAt - first) / divisor);
      // Two readings pressed into one millisecond would be one reading to the server.
      if (previous !== undefined && stepMs > 0) measuredAt = Math.max(measuredAt, previous.measuredAt + 1);
    }
    measuredAt = Math.max(0, measuredAt);
    previous = { recordedAt, measuredAt, dueAfterMs };
    return { dueAfterMs, measuredAt: measuredAt as EpochMs };
  };
}
