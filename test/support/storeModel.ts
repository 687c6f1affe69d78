import type { BodyFacts } from "../../src/domain/calories.ts";
import type { Statistics } from "../../src/domain/statistics.ts";
import { plainStatistics } from "./plainStatistics.ts";

/** A reading as a test sent it. */
export interface SentReading {
  readonly profile: number;
  readonly source: number;
  readonly measuredAt: number;
  readonly arrivedAt: number;
  readonly bpm: number;
  readonly rrIntervalsMs?: readonly number[];
}

/** What a store has to hold, kept in the plainest way: a list. */
export class StoreModel {
  #readings: SentReading[] = [];

  get size(): number {
    return this.#readings.length;
  }

  /** @returns whether it is new: the first of an identity stays */
  append(reading: SentReading): boolean {
    if (this.#readings.some((other) => isSame(other, reading))) return false;
    this.#readings.push(reading);
    return true;
  }

  /** @returns how many were there */
  remove(profile: number, from: number, to: number, source: number | undefined): number {
    const isGone = (one: SentReading) =>
      one.profile === profile &&
      one.measuredAt >= from &&
      one.measuredAt <= to &&
      (source === undefined || one.source === source);
    const before = this.#readings.length;
    this.#readings = this.#readings.filter((one) => !isGone(one));
    return before - this.#readings.length;
  }

  /** @returns how many were there */
  correct(
    profile: number,
    source: number,
    measuredAt: number,
    corrected: Pick<SentReading, "bpm" | "rrIntervalsMs">,
  ): number {
    let found = 0;
    this.#readings = this.#readings.map((one) => {
      if (!isSame(one, { profile, source, measuredAt })) return one;
      found++;
      const { rrIntervalsMs: _, ...kept } = one;
      return { ...kept, ...corrected };
    });
    return found;
  }

  /** A profile's readings by claimed time and source. */
  of(profile: number): readonly SentReading[] {
    return this.#readings
      .filter((one) => one.profile === profile)
      .sort((a, b) => a.measuredAt - b.measuredAt || a.source - b.source);
  }

  /** The newest effective time of a profile. */
  latestAt(profile: number): number | undefined {
    const times = this.of(profile).map(effective);
    return times.length === 0 ? undefined : Math.max(...times);
  }

  statistics(profile: number, from: number, to: number, facts: BodyFacts): Statistics | undefined {
    const counted = this.of(profile)
      .filter((one) => effective(one) >= from && effective(one) <= to)
      .sort((a, b) => effective(a) - effective(b) || a.source - b.source || a.measuredAt - b.measuredAt)
      .map((one) => ({ at: effective(one), bpm: one.bpm }));
    return plainStatistics(counted, facts);
  }
}

type Identity = Pick<SentReading, "profile" | "source" | "measuredAt">;

function isSame(a: Identity, b: Identity): boolean {
  return a.profile === b.profile && a.source === b.source && a.measuredAt === b.measuredAt;
}

function effective({ measuredAt, arrivedAt }: SentReading): number {
  return Math.min(measuredAt, arrivedAt);
}
