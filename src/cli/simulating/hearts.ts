import { seededRandom } from "../../domain/random.ts";
import type { EpochMs } from "../../domain/reading.ts";
import { simulateHeart } from "../../domain/simulatedHeart.ts";
import type { WireReading } from "../../exchange/ndjson.ts";
import { pause } from "../sending/pause.ts";
import { SEED_MAX } from "./settings.ts";
import type { Timetable } from "./timetable.ts";

/** Straps are not in step: each user's begins somewhere within this time. */
const STRAP_PERIOD_MS = 1_000;

/**
 * Yields one user's readings, each when it is due. A consumer that is late gets the next ones at once: none is left out.
 *
 * @param user from 0; the first user has the heart of the seed itself, so that a printed heart and a sent one agree
 * @param startedAtMs the start of the run, by `performance.now()`
 */
export async function* simulatedReadings(
  seed: number,
  user: number,
  timetable: Timetable,
  startedAtMs: number,
  signal: AbortSignal,
): AsyncGenerator<WireReading> {
  const userSeed = (seed + user) % (SEED_MAX + 1);
  const offsetMs = user === 0 ? 0 : Math.floor(seededRandom(userSeed)() * STRAP_PERIOD_MS);
  const startAt = (timetable.heartStartAt + offsetMs) as EpochMs;
  for (const { atMs, bpm } of simulateHeart(userSeed, startAt)) {
    if (atMs >= timetable.heartEndAt) return;
    const waitMs = startedAtMs + timetable.dueAfterMs(atMs) - performance.now();
    if (waitMs > 0) await pause(waitMs, signal);
    if (signal.aborted) return;
    yield { measuredAt: timetable.measuredAt(atMs), heartRate: bpm };
  }
}
