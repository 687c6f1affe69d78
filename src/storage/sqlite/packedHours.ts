import type { Database } from "bun:sqlite";
import { hourOf, type PackedReading, packHour, unpackHour, unpackHourTimes } from "./packedHour.ts";

/** How many hours' claimed times are kept unpacked for the duplicate check of late readings. */
const REMEMBERED_HOURS_MAX = 64;

/** A packed reading and the source it came from. */
export interface SourcedReading extends PackedReading {
  readonly source: number;
}

/** The packed hours in the file: one row for each hour of a profile and source. */
export class PackedHours {
  readonly #select;
  readonly #selectRange;
  readonly #upsert;
  readonly #times = new Map<string, Float64Array | null>();

  constructor(database: Database) {
    this.#select = database.prepare<{ packed: Uint8Array }, [number, number, number]>(
      "SELECT packed FROM packed_hour WHERE profile = ? AND hour = ? AND source = ?",
    );
    this.#selectRange = database.prepare<
      { hour: number; source: number; packed: Uint8Array },
      [number, number, number]
    >(
      "SELECT hour, source, packed FROM packed_hour WHERE profile = ? AND hour BETWEEN ? AND ? ORDER BY hour, source",
    );
    this.#upsert = database.prepare<null, [number, number, number, number, Uint8Array]>(
      `INSERT INTO packed_hour (profile, hour, source, readings, packed) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (profile, hour, source) DO UPDATE SET readings = excluded.readings, packed = excluded.packed`,
    );
  }

  has(profile: number, source: number, measuredAt: number): boolean {
    const hour = hourOf(measuredAt);
    const key = `${profile} ${hour} ${source}`;
    let times = this.#times.get(key);
    if (times === undefined) {
      const row = this.#select.get(profile, hour, source);
      times = row === null ? null : unpackHourTimes(row.packed);
      if (this.#times.size >= REMEMBERED_HOURS_MAX) {
        this.#times.delete(this.#times.keys().next().value as string);
      }
      this.#times.set(key, times);
    }
    return times !== null && includesSorted(times, measuredAt);
  }

  /** Joins readings of one hour, sorted by claimed time, with what is packed of that hour already. */
  merge(profile: number, source: number, hour: number, readings: readonly PackedReading[]): void {
    const row = this.#select.get(profile, hour, source);
    const merged = row === null ? readings : mergeSorted(unpackHour(row.packed), readings);
    this.#upsert.run(profile, hour, source, merged.length, packHour(merged));
    this.#times.delete(`${profile} ${hour} ${source}`);
  }

  /**
   * A profile's packed readings with claimed times from `from` to `to`, hour by hour. It ends after the hour in
   * which it has found `enough`.
   */
  read(profile: number, from: number, to: number, enough: number): SourcedReading[] {
    const found: SourcedReading[] = [];
    let hour = -1;
    for (const row of this.#selectRange.iterate(profile, hourOf(from), hourOf(to))) {
      if (row.hour !== hour && found.length >= enough) break;
      hour = row.hour;
      for (const reading of unpackHour(row.packed)) {
        if (reading.measuredAt >= from && reading.measuredAt <= to)
          found.push({ ...reading, source: row.source });
      }
    }
    return found;
  }
}

function mergeSorted(
  left: readonly PackedReading[],
  right: readonly PackedReading[],
): readonly PackedReading[] {
  const last = left.at(-1);
  const first = right[0];
  if (last !== undefined && first !== undefined && last.measuredAt < first.measuredAt)
    return left.concat(right);
  return left.concat(right).sort((a, b) => a.measuredAt - b.measuredAt);
}

function includesSorted(sorted: Float64Array, value: number): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return sorted[low] === value;
}
