import { HOUR_MS, hourOf } from "../../domain/hour.ts";
import { effectiveTime } from "../../domain/reading.ts";
import type { HourAggregate } from "../../domain/statistics.ts";
import { type AggregateQuestion, Aggregation, type AggregationPlaces } from "./aggregation.ts";
import type { Arrivals } from "./arrivals.ts";
import type { FreshEntry, Visit } from "./freshIndex.ts";
import type { SourcedReading } from "./packedHours.ts";
import type { LatestReading } from "./profileStates.ts";

/** A reading as it was found; the sequence number only of a fresh one. */
export type FoundReading = SourcedReading & { readonly sequence?: number };

/** Where a profile's readings lie. */
export interface StoredPlaces extends AggregationPlaces {
  readonly arrivals: Arrivals;
}

/** The one place that joins sealed hours, parts of hours, and fresh readings. */
export class StoredReadings {
  readonly #places: StoredPlaces;

  constructor(places: StoredPlaces) {
    this.#places = places;
  }

  /**
   * A profile's readings with claimed times from `from` to `to`, oldest first, then by source: at most `limit`, and what is as
   * old as the last of these.
   */
  read(profile: number, from: number, to: number, limit: number): readonly FoundReading[] {
    const { hours, sealed } = this.#places;
    const found: FoundReading[] = this.#fresh(
      profile,
      ({ measuredAt }) => measuredAt >= from && measuredAt <= to,
    );
    let packed = 0;
    for (const hour of this.#hoursBetween(profile, from, to)) {
      if (packed > limit) break;
      const start = Math.max(from, hour * HOUR_MS);
      const end = Math.min(to, (hour + 1) * HOUR_MS - 1);
      const around = [hours.read(profile, hour), sealed.read(profile, hour)];
      for (const earlier of sealed.ahead.hoursOf(profile, hour, hour))
        around.push(sealed.read(profile, earlier));
      for (const reading of around.flat()) {
        if (reading.measuredAt < start || reading.measuredAt > end) continue;
        found.push(reading);
        packed++;
      }
    }
    found.sort((a, b) => a.measuredAt - b.measuredAt || a.source - b.source);
    let end = Math.min(limit, found.length);
    while (end > 0 && end < found.length && found[end]?.measuredAt === found[end - 1]?.measuredAt) end++;
    return found.slice(0, end);
  }

  /** The steps in which it is reckoned what readings come to: see {@link Aggregation}. */
  aggregating(question: AggregateQuestion): Generator<void, readonly HourAggregate[]> {
    return new Aggregation(this.#places, question).steps();
  }

  /** The packed reading with the newest effective time, and of these the one that arrived last. */
  latestPacked(profile: number): LatestReading | undefined {
    const { hours, sealed } = this.#places;
    const hoursWithParts = hours.hoursAround(profile, 0, Number.MAX_SAFE_INTEGER);
    const candidates = new Set([...hoursWithParts, sealed.lastHour(profile) ?? 0]);
    for (const hour of [...candidates].sort((a, b) => b - a)) {
      const latest = this.#latestOf(profile, hour);
      if (latest !== undefined) return latest;
    }
    return undefined;
  }

  #latestOf(profile: number, hour: number): LatestReading | undefined {
    const { hours, sealed } = this.#places;
    let latest: LatestReading | undefined;
    const take: Visit = (source, measuredAt, arrivedAt, bpm) => {
      if (hourOf(effectiveTime({ measuredAt, arrivedAt })) !== hour) return;
      const candidate = { source, measuredAt, arrivedAt, bpm };
      if (latest === undefined || isLater(candidate, latest)) latest = candidate;
    };
    for (const part of hours.partsAround(profile, hour)) hours.visit(profile, part, take);
    for (const { source, measuredAt, arrivedAt, bpm } of sealed.read(profile, hour)) {
      take(source, measuredAt, arrivedAt, bpm);
    }
    return latest;
  }

  /** Hours of claimed time in which something may be packed, oldest first. */
  #hoursBetween(profile: number, from: number, to: number): readonly number[] {
    const { hours, sealed } = this.#places;
    const [first, last] = [hourOf(from), hourOf(to)];
    const found = [...hours.hoursBetween(profile, first, last), ...sealed.hoursBetween(profile, first, last)];
    found.push(...sealed.ahead.claimedHours(profile, first, last));
    return [...new Set(found)].sort((a, b) => a - b);
  }

  #fresh(profile: number, isAsked: (entry: FreshEntry) => boolean): FoundReading[] {
    const { arrivals, fresh } = this.#places;
    const found: FreshEntry[] = [];
    for (const generation of fresh()) {
      for (const entry of generation.entriesOf(profile)) if (isAsked(entry)) found.push(entry);
    }
    return found.map(({ hasIntervals, ...reading }) => {
      const rrIntervalsMs = hasIntervals ? arrivals.intervalsOf(reading.sequence) : undefined;
      return rrIntervalsMs === undefined ? reading : { ...reading, rrIntervalsMs };
    });
  }
}

function isLater(a: LatestReading, b: LatestReading): boolean {
  const difference = effectiveTime(a) - effectiveTime(b);
  return difference > 0 || (difference === 0 && a.arrivedAt > b.arrivedAt);
}
