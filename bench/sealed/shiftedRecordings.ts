import { type Random, seededRandom } from "../../src/domain/random.ts";
import { byTime, type KeptReading, keptReadings, RECORDINGS } from "../../test/support/recordings.ts";

const DAY_MS = 86_400_000;

/** Everybody has a history of this many days, and one workout a day. */
export const DAYS = 30;

const SEED = 3;

/** How claimed times and arrivals differ from the recorded times. */
export interface Disturbance {
  readonly title: string;
  /** Claimed times are up to this much early or late, each by its own chance. */
  readonly jitterMs: number;
  /** A reading arrives this much after its claimed time: between both numbers, by chance. */
  readonly delayMs: readonly [least: number, most: number];
  /** Readings arrive all at once at the end of their workout, as an import does. */
  readonly atOnce?: true;
}

/** One workout of somebody, in numbers as the engine takes them. */
export interface Workout {
  readonly readings: number;
  readonly batch: Float64Array;
}

/**
 * Workouts made of the real recordings: each person has another one each day, moved to that day.
 *
 * @param total readings to make, in whole workouts
 * @param until the newest day ends here, in Unix ms
 */
export function* shiftedRecordings(
  total: number,
  until: number,
  disturbance: Disturbance,
): Generator<Workout> {
  const random = seededRandom(SEED);
  const recordings = RECORDINGS.map((recording) => byTime(keptReadings(recording))).filter(
    ({ length }) => length > 0,
  );
  for (let made = 0, workout = 0; made < total; workout++) {
    const profile = 1 + Math.floor(workout / DAYS);
    const day = workout % DAYS;
    const recording = recordings[(profile + day) % recordings.length] as readonly KeptReading[];
    const shift =
      until - (DAYS - day) * DAY_MS + Math.floor(random() * 12) * 3_600_000 - (recording[0]?.measuredAt ?? 0);
    const batch = disturbed(recording, profile, shift, disturbance, random);
    made += batch.length / 5;
    yield { readings: batch.length / 5, batch };
  }
}

function disturbed(
  recording: readonly KeptReading[],
  profile: number,
  shift: number,
  { jitterMs, delayMs: [least, most], atOnce }: Disturbance,
  random: Random,
): Float64Array {
  const end = (recording.at(-1)?.measuredAt ?? 0) + shift + 60_000;
  return Float64Array.from(
    recording.flatMap(({ measuredAt, bpm }) => {
      const claimed = measuredAt + shift + Math.round((random() * 2 - 1) * jitterMs);
      const delay = least + Math.round(random() * (most - least));
      return [profile, 0, claimed, atOnce === true ? end : claimed + delay, bpm];
    }),
  );
}
