import type { Database } from "bun:sqlite";
import { HOUR_MS, hourOf } from "../../domain/hour.ts";
import type { HourAggregate } from "../../domain/statistics.ts";
import { AheadHours } from "./aheadHours.ts";
import { Chunks } from "./chunks.ts";
import { aggregateReadings } from "./hourList.ts";
import type { KnownSums } from "./knownSums.ts";
import type { SourcedReading } from "./packedHours.ts";
import { isAmong, type RememberedTimes, type SourcedTimes } from "./rememberedTimes.ts";
import { inSealedOrder, sealHour, unsealHour, unsealTimes } from "./sealedHour.ts";

/**
 * The sealed hours in the file: a row of aggregates and packed readings for each profile and hour of **effective** time. A reading
 * whose clock was so far ahead that its claimed time is in a later hour lies with the hour in which it arrived; {@link AheadHours} knows
 * where, so that it is found by its identity.
 */
export class SealedHours {
  readonly ahead: AheadHours;
  readonly #chunks: Chunks;
  readonly #selectHour;
  readonly #selectHours;
  readonly #selectAggregates;
  readonly #selectLastHour;
  readonly #selectSome;
  readonly #upsertAggregate;
  readonly #deleteAggregate;
  readonly #countSealed;
  readonly #times: RememberedTimes;
  readonly #sums: KnownSums;

  constructor(database: Database, times: RememberedTimes, sums: KnownSums) {
    this.ahead = new AheadHours(database);
    this.#times = times;
    this.#sums = sums;
    this.#chunks = new Chunks(database);
    this.#selectHour = database.prepare<HourRow, [number, number]>(
      "SELECT id, readings FROM sealed_hour WHERE profile = ? AND hour = ?",
    );
    this.#selectHours = database.prepare<{ hour: number }, [number, number, number]>(
      "SELECT hour FROM sealed_hour WHERE profile = ? AND hour BETWEEN ? AND ? ORDER BY hour",
    );
    this.#selectAggregates = database.prepare<AggregateRow, [number, number, number]>(
      `SELECT hour, readings, bpm_sum, lowest, highest, first_at, last_at, last_bpm, covered_ms, bpm_ms
       FROM sealed_hour WHERE profile = ? AND hour BETWEEN ? AND ? ORDER BY hour`,
    );
    this.#selectLastHour = database.prepare<{ hour: number | null }, [number]>(
      "SELECT max(hour) AS hour FROM sealed_hour WHERE profile = ?",
    );
    this.#selectSome = database.prepare<HourRow & { hour: number }, [number, number]>(
      "SELECT hour, id, readings FROM sealed_hour WHERE profile = ? LIMIT ?",
    );
    this.#upsertAggregate = database.prepare<null, number[]>(
      "INSERT OR REPLACE INTO sealed_hour VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    );
    this.#deleteAggregate = database.prepare<null, [number, number]>(
      "DELETE FROM sealed_hour WHERE profile = ? AND hour = ?",
    );
    this.#countSealed = database.prepare<null, [number]>(
      "UPDATE store SET value = value + ? WHERE name = 'sealed_readings'",
    );
  }

  has(profile: number, source: number, measuredAt: number): boolean {
    const claimed = hourOf(measuredAt);
    return (
      this.#holds(profile, claimed, source, measuredAt) ||
      this.ahead
        .hoursOf(profile, claimed, claimed)
        .some((hour) => this.#holds(profile, hour, source, measuredAt))
    );
  }

  /** The readings of one hour of effective time, sorted by {@link inSealedOrder}; none when it is not sealed. */
  read(profile: number, hour: number): SourcedReading[] {
    const row = this.#selectHour.get(profile, hour);
    return row === null ? [] : unsealHour(hour, this.#chunks.read(row.id));
  }

  /** How many readings a sealed hour holds; 0 when it is not sealed. */
  count(profile: number, hour: number): number {
    return this.#selectHour.get(profile, hour)?.readings ?? 0;
  }

  /** Hours of effective time that are sealed, oldest first. */
  hoursBetween(profile: number, first: number, last: number): readonly number[] {
    return this.#selectHours.all(profile, first, last).map(({ hour }) => hour);
  }

  lastHour(profile: number): number | undefined {
    return this.#selectLastHour.get(profile)?.hour ?? undefined;
  }

  /** Hours of effective time from `first` to `last`, oldest first. */
  aggregates(profile: number, first: number, last: number): readonly HourAggregate[] {
    return this.#selectAggregates.all(profile, first, last).map((row) => ({
      hour: row.hour,
      readings: row.readings,
      bpmSum: row.bpm_sum,
      lowest: row.lowest,
      highest: row.highest,
      firstAt: row.first_at,
      lastAt: row.last_at,
      lastBpm: row.last_bpm,
      coveredMs: row.covered_ms,
      bpmMs: row.bpm_ms,
    }));
  }

  /** Writes an hour anew: these are all of its readings, in any order. Without any it is no more. */
  write(profile: number, hour: number, readings: readonly SourcedReading[]): void {
    const row = this.#selectHour.get(profile, hour);
    this.#times.forget(keyOf(profile, hour));
    this.#sums.changed(profile, hour);
    this.#countSealed.run(readings.length - (row?.readings ?? 0));
    this.ahead.write(profile, hour, new Set(readings.map(({ measuredAt }) => hourOf(measuredAt))));
    if (row !== null) this.#chunks.delete(row.id);
    if (readings.length === 0) {
      this.#deleteAggregate.run(profile, hour);
      return;
    }
    const id = this.#chunks.add(sealHour(hour, readings.toSorted(inSealedOrder)));
    const sum = aggregateReadings(readings);
    this.#upsertAggregate.run(
      profile,
      hour,
      id,
      sum.readings,
      sum.bpmSum,
      sum.lowest,
      sum.highest,
      sum.firstAt,
      sum.lastAt,
      sum.lastBpm,
      sum.coveredMs,
      sum.bpmMs,
    );
  }

  /** Deletes some hours of a profile, damaged ones too. @returns whether there are more */
  eraseSome(profile: number, hours: number): boolean {
    const rows = this.#selectSome.all(profile, hours);
    for (const { hour, id, readings } of rows) {
      this.#times.forget(keyOf(profile, hour));
      this.#chunks.delete(id);
      this.ahead.write(profile, hour, []);
      this.#deleteAggregate.run(profile, hour);
      this.#countSealed.run(-readings);
    }
    if (rows.length > 0) this.#sums.forget(profile);
    return rows.length === hours;
  }

  #holds(profile: number, hour: number, source: number, measuredAt: number): boolean {
    const times = this.#times.of(keyOf(profile, hour), () => {
      const row = this.#selectHour.get(profile, hour);
      return row === null ? NO_TIMES : unsealTimes(this.#chunks.read(row.id));
    });
    return isAmong(times, source, measuredAt - hour * HOUR_MS);
  }
}

const NO_TIMES: SourcedTimes = new Map();

function keyOf(profile: number, hour: number): string {
  return `sealed ${profile} ${hour}`;
}

interface HourRow {
  readonly id: number;
  readonly readings: number;
}

interface AggregateRow {
  readonly hour: number;
  readonly readings: number;
  readonly bpm_sum: number;
  readonly lowest: number;
  readonly highest: number;
  readonly first_at: number;
  readonly last_at: number;
  readonly last_bpm: number;
  readonly covered_ms: number;
  readonly bpm_ms: number;
}
