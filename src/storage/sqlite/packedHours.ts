import type { Database } from "bun:sqlite";
import { HOUR_MS, hourOf } from "../../domain/hour.ts";
import { isInPackedHour, type PackedReading, packHour, unpackHour } from "./packedHour.ts";

/** A packed reading and the source it came from. */
export interface SourcedReading extends PackedReading {
  readonly source: number;
}

/** An hour of claimed time of a profile that waits to be sealed. */
export interface OpenHour {
  readonly profile: number;
  readonly hour: number;
  /** When its last part was written, in Unix ms. */
  readonly touchedAt: number;
}

/** A new part of an hour. */
export interface NewPart {
  readonly profile: number;
  readonly hour: number;
  readonly source: number;
  /** A number that no other part of this hour and source has. */
  readonly part: number;
  /** When it is written, in Unix ms. */
  readonly packedAt: number;
  /** At least one, sorted by claimed time, none of them packed yet. */
  readonly readings: readonly PackedReading[];
}

/** The parts of hours in the file, by claimed time. An hour of a profile and source is in one part or more, in any order. */
export class PackedHours {
  readonly #selectAround;
  readonly #selectHour;
  readonly #selectFrom;
  readonly #selectHours;
  readonly #selectCount;
  readonly #selectOpen;
  readonly #insert;
  readonly #update;
  readonly #delete;
  readonly #deleteHour;
  readonly #countPacked;

  constructor(database: Database) {
    this.#selectAround = database.prepare<{ packed: Uint8Array }, [number, number, number, number, number]>(
      `SELECT packed FROM packed_hour
       WHERE profile = ? AND hour = ? AND source = ? AND first_ms <= ? AND last_ms >= ?`,
    );
    this.#selectHour = database.prepare<PartRow, [number, number]>(
      "SELECT rowid, source, packed FROM packed_hour WHERE profile = ? AND hour = ?",
    );
    this.#selectFrom = database.prepare<PartRow, [number, number]>(
      "SELECT rowid, source, packed FROM packed_hour WHERE profile = ? AND hour >= ?",
    );
    this.#selectHours = database.prepare<{ hour: number }, [number, number, number]>(
      "SELECT DISTINCT hour FROM packed_hour WHERE profile = ? AND hour BETWEEN ? AND ? ORDER BY hour",
    );
    this.#selectOpen = database.prepare<OpenHour, []>(
      "SELECT profile, hour, max(packed_at) AS touchedAt FROM packed_hour GROUP BY profile, hour ORDER BY touchedAt",
    );
    this.#selectCount = database.prepare<{ count: number | null }, [number, number]>(
      "SELECT sum(readings) AS count FROM packed_hour WHERE profile = ? AND hour = ?",
    );
    this.#insert = database.prepare<
      null,
      [number, number, number, number, number, number, number, Uint8Array, number]
    >(
      `INSERT INTO packed_hour (profile, hour, source, part, first_ms, last_ms, readings, packed, packed_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#update = database.prepare<null, [number, number, number, Uint8Array, number]>(
      "UPDATE packed_hour SET first_ms = ?, last_ms = ?, readings = ?, packed = ? WHERE rowid = ?",
    );
    this.#delete = database.prepare<null, [number]>("DELETE FROM packed_hour WHERE rowid = ?");
    this.#deleteHour = database.prepare<null, [number, number]>(
      "DELETE FROM packed_hour WHERE profile = ? AND hour = ?",
    );
    this.#countPacked = database.prepare<null, [number]>(
      "UPDATE store SET value = value + ? WHERE name = 'packed_readings'",
    );
  }

  has(profile: number, source: number, measuredAt: number): boolean {
    const ms = measuredAt % HOUR_MS;
    const parts = this.#selectAround.all(profile, hourOf(measuredAt), source, ms, ms);
    return parts.some(({ packed }) => isInPackedHour(packed, measuredAt));
  }

  add({ profile, hour, source, part, packedAt, readings }: NewPart): void {
    const [first, last] = ends(readings);
    this.#insert.run(profile, hour, source, part, first, last, readings.length, packHour(readings), packedAt);
    this.#countPacked.run(readings.length);
  }

  /** A profile's readings in parts of one hour of claimed time, in any order. */
  read(profile: number, hour: number): SourcedReading[] {
    return this.#selectHour.all(profile, hour).flatMap(unpack);
  }

  /** How many readings the parts of an hour of claimed time hold. */
  count(profile: number, hour: number): number {
    return this.#selectCount.get(profile, hour)?.count ?? 0;
  }

  /** A profile's readings in parts of an hour of claimed time and all later ones, in any order. */
  readFrom(profile: number, hour: number): SourcedReading[] {
    return this.#selectFrom.all(profile, hour).flatMap(unpack);
  }

  /** Hours of claimed time that have parts, oldest first. */
  hoursBetween(profile: number, first: number, last: number): readonly number[] {
    return this.#selectHours.all(profile, first, last).map(({ hour }) => hour);
  }

  /** Every hour that has parts, the one that was touched last at the end. */
  openHours(): readonly OpenHour[] {
    return this.#selectOpen.all();
  }

  /**
   * Writes the parts of an hour anew where a change asks for it.
   *
   * @param change gives back the reading as it is, another one of the same identity, or undefined for none
   * @returns how many readings were changed
   */
  change(
    profile: number,
    hour: number,
    change: (reading: SourcedReading) => SourcedReading | undefined,
  ): number {
    let changed = 0;
    for (const row of this.#selectHour.all(profile, hour)) {
      const before = unpack(row);
      const after = before.map(change);
      const changes = after.filter((reading, place) => reading !== before[place]).length;
      if (changes === 0) continue;
      changed += changes;
      const kept = after.filter((reading) => reading !== undefined);
      this.#countPacked.run(kept.length - before.length);
      if (kept.length === 0) this.#delete.run(row.rowid);
      else {
        const [first, last] = ends(kept);
        this.#update.run(first, last, kept.length, packHour(kept), row.rowid);
      }
    }
    return changed;
  }

  /** Deletes the parts of an hour, whose readings are elsewhere now. @param readings how many there were */
  delete(profile: number, hour: number, readings: number): void {
    this.#deleteHour.run(profile, hour);
    this.#countPacked.run(-readings);
  }
}

function unpack({ source, packed }: PartRow): SourcedReading[] {
  return unpackHour(packed).map((reading) => ({ ...reading, source }));
}

/** First and last claimed time, in ms within the hour. */
function ends(readings: readonly PackedReading[]): readonly [first: number, last: number] {
  const first = (readings[0] as PackedReading).measuredAt % HOUR_MS;
  const last = (readings.at(-1) as PackedReading).measuredAt % HOUR_MS;
  return [first, last];
}

interface PartRow {
  readonly rowid: number;
  readonly source: number;
  readonly packed: Uint8Array;
}
