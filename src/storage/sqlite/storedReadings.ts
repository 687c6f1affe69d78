import { HOUR_MS, hourOf } from "../../domain/hour.ts";
import { effectiveTime } from "../../domain/reading.ts";
import type { HourAggregate } from "../../domain/statistics.ts";
import type { Arrivals } from "./arrivals.ts";
import type { FreshEntry, FreshIndex } from "./freshIndex.ts";
import type { PackedHours, SourcedReading } from "./packedHours.ts";
import { aggregateReadings, type SealedHours } from "./sealedHours.ts";
import { effectiveHourOf } from "./sealer.ts";

/** A reading as it was found; the sequence number only of a fresh one. */
export type FoundReading = SourcedReading & { readonly sequence?: number };

/** Where a profile's readings lie. */
export interface StoredPlaces {
  readonly arrivals: Arrivals;
  readonly hours: PackedHours;
  readonly sealed: SealedHours;
  /** The fresh readings, oldest generation first. */
  readonly fresh: () => readonly FreshIndex[];
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
      for (const earlier of sealed.aheadBetween(profile, start, end))
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

  /** What the readings with effective times from `from` to `to` come to, hour by hour, oldest first. */
  aggregate(profile: number, from: number, to: number): readonly HourAggregate[] {
    const { hours, sealed } = this.#places;
    const isCounted = (reading: SourcedReading) => {
      const at = effectiveTime(reading);
      return at >= from && at <= to;
    };
    // A claimed time is never before the effective one, so that nothing of the span lies in an earlier hour.
    const unsealed = [...hours.readFrom(profile, hourOf(from)), ...this.#fresh(profile, isCounted)];
    const loose = Map.groupBy(unsealed.filter(isCounted), effectiveHourOf);
    const whole = sealed.aggregates(profile, hourOf(from), hourOf(to));
    const known = new Map(whole.map((aggregate) => [aggregate.hour, aggregate]));
    const all = [...new Set([...known.keys(), ...loose.keys()])].sort((a, b) => a - b);
    return all.flatMap((hour) => {
      const aggregate = known.get(hour);
      const own = loose.get(hour) ?? [];
      if (
        aggregate !== undefined &&
        own.length === 0 &&
        aggregate.firstAt >= from &&
        aggregate.lastAt <= to
      ) {
        return [aggregate];
      }
      const packed = aggregate === undefined ? [] : sealed.read(profile, hour).filter(isCounted);
      const readings = [...packed, ...own];
      return readings.length === 0 ? [] : [aggregateReadings(readings)];
    });
  }

  /** The packed reading with the newest effective time, and of these the one that arrived last. */
  latestPacked(profile: number): SourcedReading | undefined {
    const { hours, sealed } = this.#places;
    const last = sealed.lastHour(profile);
    const candidates = [
      ...hours.readFrom(profile, 0),
      ...(last === undefined ? [] : sealed.read(profile, last)),
    ];
    let latest: SourcedReading | undefined;
    for (const candidate of candidates)
      if (latest === undefined || isLater(candidate, latest)) latest = candidate;
    return latest;
  }

  /** Hours of claimed time in which something may be packed, oldest first. */
  #hoursBetween(profile: number, from: number, to: number): readonly number[] {
    const { hours, sealed } = this.#places;
    const [first, last] = [hourOf(from), hourOf(to)];
    const found = [...hours.hoursBetween(profile, first, last), ...sealed.hoursBetween(profile, first, last)];
    found.push(...sealed.aheadClaims(profile, from, to));
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

function isLater(a: SourcedReading, b: SourcedReading): boolean {
  const difference = effectiveTime(a) - effectiveTime(b);
  return difference > 0 || (difference === 0 && a.arrivedAt > b.arrivedAt);
}
