import { type BodyFacts, kilocaloriesAMinute } from "./calories.ts";
import { HOUR_MS, hourOf } from "./hour.ts";

/**
 * What the statistics of a span of time are, and how they are reckoned hour by hour.
 *
 * Readings count at their effective time. **Covered** is the time between two readings in a row that are at most
 * {@link COVERED_GAP_MS_MAX} apart, at the heart rate of the earlier one; a longer gap is not covered, and nothing is
 * after the last reading. A covered gap across the end of an hour belongs to both hours, to each as much as lies in it.
 */

/** Two readings further apart than this have a gap between them: the official client is "offline" after 30 s. */
export const COVERED_GAP_MS_MAX = 30_000;

const MINUTE_MS = 60_000;

/** A reading as the statistics see it. */
export interface CountedReading {
  /** Its effective time in Unix ms. */
  readonly at: number;
  readonly bpm: number;
}

/** What is kept of the readings of one hour (UTC), so that they need not be looked at again. Integers, all of them. */
export interface HourAggregate {
  /** Hours since 1970-01-01T00:00Z. */
  readonly hour: number;
  readonly readings: number;
  /** The sum of the readings' heart rates. */
  readonly bpmSum: number;
  readonly lowest: number;
  readonly highest: number;
  /** Effective times of the first and the last reading, in Unix ms. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** The heart rate of the last reading, which holds until the next one. */
  readonly lastBpm: number;
  /** Time covered between readings of this hour, in ms. */
  readonly coveredMs: number;
  /** The sum of heart rate times covered time, in bpm ms. */
  readonly bpmMs: number;
}

/** The answer of the wire. Every number is an integer. */
export interface Statistics {
  readonly maximumBpm: number;
  readonly minimumBpm: number;
  /** Weighted by covered time; the plain mean of the readings where nothing is covered. Rounded half up. */
  readonly averageBpm: number;
  /** Covered time, rounded half up. */
  readonly streamedSeconds: number;
  /** Of each hour's covered time at its mean heart rate, see {@link kilocaloriesAMinute}; the sum rounded half up. */
  readonly kilocalories: number;
}

/** Sums up readings of one hour that come in the order of their effective time. */
export class HourSum {
  #readings = 0;
  #bpmSum = 0;
  #lowest = Number.POSITIVE_INFINITY;
  #highest = 0;
  #firstAt = 0;
  #lastAt = 0;
  #lastBpm = 0;
  #coveredMs = 0;
  #bpmMs = 0;

  /** @param at an effective time of the same hour in Unix ms, not before the one before it */
  add(at: number, bpm: number): void {
    if (this.#readings === 0) this.#firstAt = at;
    else this.#cover(at - this.#lastAt);
    this.#readings++;
    this.#bpmSum += bpm;
    if (bpm < this.#lowest) this.#lowest = bpm;
    if (bpm > this.#highest) this.#highest = bpm;
    this.#lastAt = at;
    this.#lastBpm = bpm;
  }

  /** What all of them come to; at least one was added. */
  get aggregate(): HourAggregate {
    return {
      hour: hourOf(this.#firstAt),
      readings: this.#readings,
      bpmSum: this.#bpmSum,
      lowest: this.#lowest,
      highest: this.#highest,
      firstAt: this.#firstAt,
      lastAt: this.#lastAt,
      lastBpm: this.#lastBpm,
      coveredMs: this.#coveredMs,
      bpmMs: this.#bpmMs,
    };
  }

  #cover(gapMs: number): void {
    if (gapMs > COVERED_GAP_MS_MAX) return;
    this.#coveredMs += gapMs;
    this.#bpmMs += this.#lastBpm * gapMs;
  }
}

/**
 * Sums up readings of one hour.
 *
 * @param readings at least one, all of the same hour, in the order of their effective time
 */
export function aggregateHour(readings: readonly CountedReading[]): HourAggregate {
  const sum = new HourSum();
  for (const { at, bpm } of readings) sum.add(at, bpm);
  return sum.aggregate;
}

/**
 * Reckons statistics from the hours of a span.
 *
 * @param hours each hour once, oldest first
 * @returns undefined when there is no hour
 */
export function statisticsOf(hours: readonly HourAggregate[], facts: BodyFacts): Statistics | undefined {
  if (hours.length === 0) return undefined;
  const whole = withEdges(hours);
  const sum = (value: (hour: HourAggregate) => number) =>
    whole.reduce((total, hour) => total + value(hour), 0);
  const coveredMs = sum((hour) => hour.coveredMs);
  const averageBpm =
    coveredMs > 0
      ? dividedHalfUp(
          sum((hour) => hour.bpmMs),
          coveredMs,
        )
      : dividedHalfUp(
          sum((hour) => hour.bpmSum),
          sum((hour) => hour.readings),
        );
  return {
    maximumBpm: Math.max(...whole.map(({ highest }) => highest)),
    minimumBpm: Math.min(...whole.map(({ lowest }) => lowest)),
    averageBpm,
    streamedSeconds: dividedHalfUp(coveredMs, 1000),
    kilocalories: Math.floor(sum((hour) => kilocaloriesOf(hour, facts)) + 0.5),
  };
}

/** Adds to each hour what is covered between its edges and its first and last reading. */
function withEdges(hours: readonly HourAggregate[]): readonly HourAggregate[] {
  const whole = hours.map((hour) => ({ ...hour }));
  for (let place = 1; place < whole.length; place++) {
    const [before, after] = [whole[place - 1] as HourAggregate, whole[place] as HourAggregate];
    if (after.firstAt - before.lastAt > COVERED_GAP_MS_MAX) continue;
    const edge = after.hour * HOUR_MS;
    whole[place - 1] = covering(before, edge - before.lastAt, before.lastBpm);
    whole[place] = covering(after, after.firstAt - edge, before.lastBpm);
  }
  return whole;
}

function covering(hour: HourAggregate, ms: number, bpm: number): HourAggregate {
  return { ...hour, coveredMs: hour.coveredMs + ms, bpmMs: hour.bpmMs + bpm * ms };
}

function kilocaloriesOf({ coveredMs, bpmMs }: HourAggregate, facts: BodyFacts): number {
  if (coveredMs === 0) return 0;
  return kilocaloriesAMinute(bpmMs / coveredMs, facts) * (coveredMs / MINUTE_MS);
}

/** Divides integers and rounds half up, exactly: a quotient of floats may lie on the wrong side of a half. */
function dividedHalfUp(dividend: number, divisor: number): number {
  const whole = Math.floor(dividend / divisor);
  const rest = dividend - whole * divisor;
  return rest * 2 >= divisor ? whole + 1 : whole;
}
