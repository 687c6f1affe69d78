import type { EpochMs } from "../../domain/reading.ts";
import type { Speed } from "../sending/replay.ts";

/** When the simulated time happens. */
export interface Timetable {
  /** Where the heart's own time begins. */
  readonly heartStartAt: EpochMs;
  /** Where it ends (not included); infinite without a duration. */
  readonly heartEndAt: number;
  /** How long after the start of the run a moment of the heart's time is due, in ms. */
  dueAfterMs(heartAt: EpochMs): number;
  /** The time that a reading of that moment carries: never in the future when it is due. */
  measuredAt(heartAt: EpochMs): EpochMs;
}

/**
 * Lays a heart's time over the clock's. With a duration and a speed from 1, the stretch ends just when the run ends, so
 * a fast run fills the past with readings as far apart as a strap's. Otherwise a reading carries the time at which it is
 * due, and the readings are as much closer together as the speed says.
 *
 * @param durationMs of the heart's time; undefined for a heart without end, for which `max` is no speed
 * @param now the start of the run
 */
export function createTimetable(speed: Speed, durationMs: number | undefined, now: EpochMs): Timetable {
  const factor = speed === "max" ? Number.POSITIVE_INFINITY : speed;
  const heartEndMs = durationMs ?? Number.POSITIVE_INFINITY;
  if (durationMs !== undefined && factor >= 1) {
    const heartStartAt = Math.floor(now - durationMs * (1 - 1 / factor)) as EpochMs;
    return {
      heartStartAt,
      heartEndAt: heartStartAt + heartEndMs,
      dueAfterMs: (heartAt) => (heartAt - heartStartAt) / factor,
      measuredAt: (heartAt) => heartAt,
    };
  }
  const dueAfterMs = (heartAt: EpochMs) => (heartAt - now) / factor;
  return {
    heartStartAt: now,
    heartEndAt: now + heartEndMs,
    dueAfterMs,
    measuredAt: (heartAt) => Math.floor(now + dueAfterMs(heartAt)) as EpochMs,
  };
}
