import type { Database } from "bun:sqlite";
import { HOUR_MS, hourOf } from "../../domain/hour.ts";
import { effectiveTime } from "../../domain/reading.ts";
import { aggregateHour, type HourAggregate } from "../../domain/statistics.ts";
import { Chunks } from "./chunks.ts";
import type { SourcedReading } from "./packedHours.ts";
import { inSealedOrder, type SourcedTimes, sealHour, unsealHour, unsealTimes } from "./sealedHour.ts";

/**
 * Claimed times that are kept unsealed, four bytes each: of the hours of a thousand people who all send late readings in
 * turns. Unsealing an hour for each of these would cost twenty times as much as storing it.
 */
const REMEMBERED_TIMES_MAX = 4_000_000;

/**
 * The sealed hours in the file: a row of aggregates and packed readings for each profile and hour of **effective** time. A reading whose clock was so far ahead that its claimed time is in a later hour lies with the hour in which it arrived;
 * `ahead` knows where, so that it is found by its identity.
 */
export class SealedHours {
  readonly #chunks: Chunks;
  readonly #selectHour;
  readonly #selectHours;
  readonly #selectAggregates;
  readonly #selectLastHour;
  readonly #upsertAggregate;
  readonly #deleteAggregate;
  readonly #selectAhead;
  readonly #selectAheadHours;
  readonly #selectAheadClaims;
  readonly #insertAhead;
  readonly #deleteAhead;
  readonly #countSealed;
  /** Claimed times, in ms within the hour, by source: of the hours that were asked for last. */
  readonly #times = new Map<string, SourcedTimes>();
  #rememberedTimes = 0;

  constructor(database: Database) {
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
    this.#upsertAggregate = database.prepare<null, number[]>(
      "INSERT OR REPLACE INTO sealed_hour VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    );
    this.#deleteAggregate = database.prepare<null, [number, number]>(
      "DELETE FROM sealed_hour WHERE profile = ? AND hour = ?",
    );
    this.#selectAhead = database.prepare<{ hour: number }, [number, number, number]>(
      "SELECT hour FROM ahead WHERE profile = ? AND measured_at = ? AND source = ?",
    );
    this.#selectAheadHours = database.prepare<{ hour: number }, [number, number, number]>(
      "SELECT DISTINCT hour FROM ahead WHERE profile = ? AND measured_at BETWEEN ? AND ? ORDER BY hour",
    );
    this.#selectAheadClaims = database.prepare<{ hour: number }, [number, number, number, number]>(
      "SELECT DISTINCT measured_at / ? AS hour FROM ahead WHERE profile = ? AND measured_at BETWEEN ? AND ?",
    );
    this.#insertAhead = database.prepare<null, [number, number, number, number]>(
      "INSERT OR IGNORE INTO ahead VALUES (?, ?, ?, ?)",
    );
    this.#deleteAhead = database.prepare<null, [number, number, number]>(
      "DELETE FROM ahead WHERE profile = ? AND measured_at = ? AND source = ?",
    );
    this.#countSealed = database.prepare<null, [number]>(
      "UPDATE store SET value = value + ? WHERE name = 'sealed_readings'",
    );
  }

  has(profile: number, source: number, measuredAt: number): boolean {
    const times = this.#timesOf(profile, hourOf(measuredAt))?.get(source);
    if (times !== undefined && isAmong(times, measuredAt % HOUR_MS)) return true;
    return this.#selectAhead.get(profile, measuredAt, source) !== null;
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

  /** Hours of effective time that hold readings whose claimed times are in a span, but in a later hour than these. */
  aheadBetween(profile: number, from: number, to: number): readonly number[] {
    return this.#selectAheadHours.all(profile, from, to).map(({ hour }) => hour);
  }

  /** Hours of claimed time in a span whose readings lie, some of them, in an earlier hour. */
  aheadClaims(profile: number, from: number, to: number): readonly number[] {
    return this.#selectAheadClaims.all(HOUR_MS, profile, from, to).map(({ hour }) => Math.floor(hour));
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

  /** Hours of effective time of a profile with readings whose claimed times are in a later hour. */
  hoursAhead(profile: number): readonly number[] {
    return this.#selectAheadHours.all(profile, 0, Number.MAX_SAFE_INTEGER).map(({ hour }) => hour);
  }

  /** Writes an hour anew: these are all of its readings, in any order. Without any it is no more. */
  write(profile: number, hour: number, readings: readonly SourcedReading[]): void {
    const row = this.#selectHour.get(profile, hour);
    this.#forgetTimes(keyOf(profile, hour));
    this.#countSealed.run(readings.length - (row?.readings ?? 0));
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
    for (const { measuredAt, source } of readings) {
      if (hourOf(measuredAt) !== hour) this.#insertAhead.run(profile, measuredAt, source, hour);
    }
  }

  /** Forgets where a reading lies that is no more. */
  forgetAhead(profile: number, { measuredAt, source }: SourcedReading): void {
    this.#deleteAhead.run(profile, measuredAt, source);
  }

  /** Forgets what is in memory: a failed transaction may have shown it what is not there. */
  clear(): void {
    this.#times.clear();
    this.#rememberedTimes = 0;
  }

  #timesOf(profile: number, hour: number): SourcedTimes | undefined {
    const key = keyOf(profile, hour);
    const known = this.#times.get(key);
    if (known !== undefined) return known;
    const row = this.#selectHour.get(profile, hour);
    if (row === null) return undefined;
    const times = unsealTimes(this.#chunks.read(row.id));
    this.#times.set(key, times);
    this.#rememberedTimes += countOf(times);
    while (this.#rememberedTimes > REMEMBERED_TIMES_MAX && this.#times.size > 1) {
      this.#forgetTimes(this.#times.keys().next().value as string);
    }
    return times;
  }

  #forgetTimes(key: string): void {
    const times = this.#times.get(key);
    if (times === undefined) return;
    this.#times.delete(key);
    this.#rememberedTimes -= countOf(times);
  }
}

/** Sums up readings of one hour of effective time, in any order; at least one. */
export function aggregateReadings(readings: readonly SourcedReading[]): HourAggregate {
  const counted = readings.map((reading) => ({
    at: effectiveTime(reading),
    bpm: reading.bpm,
    source: reading.source,
    measuredAt: reading.measuredAt,
  }));
  counted.sort((a, b) => a.at - b.at || a.source - b.source || a.measuredAt - b.measuredAt);
  return aggregateHour(counted);
}

function countOf(times: SourcedTimes): number {
  return times.values().reduce((count, { length }) => count + length, 0);
}

function keyOf(profile: number, hour: number): string {
  return `${profile} ${hour}`;
}

/** Binary search. */
function isAmong(sorted: Uint32Array, value: number): boolean {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] as number) < value) from = middle + 1;
    else to = middle;
  }
  return sorted[from] === value;
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
