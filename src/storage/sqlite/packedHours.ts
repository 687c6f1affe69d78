import type { Database } from "bun:sqlite";
import { HOUR_MS, hourOf, isInPackedHour, type PackedReading, packHour, unpackHour } from "./packedHour.ts";

/** A packed reading and the source it came from. */
export interface SourcedReading extends PackedReading {
  readonly source: number;
}

/** The packed hours in the file. An hour of a profile and source is in one part or more, in any order. */
export class PackedHours {
  readonly #selectAround;
  readonly #selectRange;
  readonly #insert;

  constructor(database: Database) {
    this.#selectAround = database.prepare<{ packed: Uint8Array }, [number, number, number, number, number]>(
      `SELECT packed FROM packed_hour
       WHERE profile = ? AND hour = ? AND source = ? AND first_ms <= ? AND last_ms >= ?`,
    );
    this.#selectRange = database.prepare<
      { hour: number; source: number; packed: Uint8Array },
      [number, number, number]
    >(
      "SELECT hour, source, packed FROM packed_hour WHERE profile = ? AND hour BETWEEN ? AND ? ORDER BY hour",
    );
    this.#insert = database.prepare<
      null,
      [number, number, number, number, number, number, number, Uint8Array]
    >(
      `INSERT INTO packed_hour (profile, hour, source, part, first_ms, last_ms, readings, packed)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
  }

  has(profile: number, source: number, measuredAt: number): boolean {
    const ms = measuredAt % HOUR_MS;
    const parts = this.#selectAround.all(profile, hourOf(measuredAt), source, ms, ms);
    return parts.some(({ packed }) => isInPackedHour(packed, measuredAt));
  }

  /**
   * Adds a part to an hour.
   *
   * @param part a number that no other part of this hour has
   * @param readings at least one, sorted by claimed time, none of them packed yet
   */
  add(profile: number, hour: number, source: number, part: number, readings: readonly PackedReading[]): void {
    const first = (readings[0] as PackedReading).measuredAt % HOUR_MS;
    const last = (readings.at(-1) as PackedReading).measuredAt % HOUR_MS;
    this.#insert.run(profile, hour, source, part, first, last, readings.length, packHour(readings));
  }

  /**
   * A profile's packed readings with claimed times from `from` to `to`, hour by hour, unsorted within an hour. It
   * ends after the hour in which it has found `enough`.
   */
  read(profile: number, from: number, to: number, enough: number): SourcedReading[] {
    const found: SourcedReading[] = [];
    let hour = -1;
    for (const row of this.#selectRange.iterate(profile, hourOf(from), hourOf(to))) {
      if (row.hour !== hour && found.length >= enough) break;
      hour = row.hour;
      for (const reading of unpackHour(row.packed)) {
        if (reading.measuredAt < from || reading.measuredAt > to) continue;
        found.push({ ...reading, source: row.source });
      }
    }
    return found;
  }
}
