import type { Database } from "bun:sqlite";
import { HOUR_MS, hourOf } from "../../domain/hour.ts";
import { effectiveTime } from "../../domain/reading.ts";
import type { Visit } from "./freshIndex.ts";
import type { KnownSums } from "./knownSums.ts";
import { type PackedReading, packHour, unpackClaimedTimes, unpackColumns, unpackHour } from "./packedHour.ts";
import { isAmong, type RememberedTimes, type SourcedTimes } from "./rememberedTimes.ts";

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

/** Where a part is found. */
interface PlaceOfPart {
  /** The hour of its claimed times. */
  readonly hour: number;
  readonly source: number;
  readonly part: number;
}

/** A part in which readings of some hour of effective time may lie. */
export interface FoundPart extends PlaceOfPart {
  readonly readings: number;
}

/** The parts of hours in the file, by claimed time. An hour of a profile and source is in one part or more, in any order. */
export class PackedHours {
  readonly #selectAround;
  readonly #selectHour;
  readonly #selectParts;
  readonly #selectPart;
  readonly #selectHours;
  readonly #selectAheadHours;
  readonly #selectCount;
  readonly #selectOpen;
  readonly #insert;
  readonly #update;
  readonly #delete;
  readonly #deleteHour;
  readonly #selectSome;
  readonly #countPacked;
  readonly #times: RememberedTimes;
  readonly #sums: KnownSums;

  constructor(database: Database, times: RememberedTimes, sums: KnownSums) {
    this.#times = times;
    this.#sums = sums;
    this.#selectAround = database.prepare<{ part: number }, [number, number, number, number, number]>(
      `SELECT part FROM packed_hour
       WHERE profile = ? AND hour = ? AND source = ? AND first_ms <= ? AND last_ms >= ?`,
    );
    this.#selectHour = database.prepare<PartRow, [number, number]>(
      "SELECT rowid, source, part, packed FROM packed_hour WHERE profile = ? AND hour = ?",
    );
    this.#selectParts = database.prepare<FoundPart, [number, number, number, number]>(
      `SELECT hour, source, part, readings FROM packed_hour WHERE profile = ?1 AND hour = ?2 AND last_at >= ?3
       UNION ALL
       SELECT hour, source, part, readings FROM packed_hour
       WHERE profile = ?1 AND hour > ?2 AND ${IS_AHEAD} AND first_at <= ?4 AND last_at >= ?3`,
    );
    this.#selectPart = database.prepare<{ packed: Uint8Array }, [number, number, number, number]>(
      "SELECT packed FROM packed_hour WHERE profile = ? AND hour = ? AND source = ? AND part = ?",
    );
    this.#selectHours = database.prepare<{ hour: number }, [number, number, number]>(
      "SELECT DISTINCT hour FROM packed_hour WHERE profile = ? AND hour BETWEEN ? AND ? ORDER BY hour",
    );
    this.#selectAheadHours = database.prepare<{ first: number; last: number }, [number, number, number]>(
      `SELECT DISTINCT first_at / ${HOUR_MS} AS first, last_at / ${HOUR_MS} AS last FROM packed_hour
       WHERE profile = ? AND hour >= ? AND ${IS_AHEAD} AND last_at >= ?`,
    );
    this.#selectOpen = database.prepare<OpenHour, []>(
      "SELECT profile, hour, max(packed_at) AS touchedAt FROM packed_hour GROUP BY profile, hour ORDER BY touchedAt",
    );
    this.#selectCount = database.prepare<{ count: number | null }, [number, number]>(
      "SELECT sum(readings) AS count FROM packed_hour WHERE profile = ? AND hour = ?",
    );
    this.#insert = database.prepare<
      null,
      [number, number, number, number, number, number, number, number, number, Uint8Array, number]
    >(
      `INSERT INTO packed_hour
         (profile, hour, source, part, first_ms, last_ms, first_at, last_at, readings, packed, packed_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#update = database.prepare<null, [number, number, number, number, number, Uint8Array, number]>(
      `UPDATE packed_hour SET first_ms = ?, last_ms = ?, first_at = ?, last_at = ?, readings = ?, packed = ?
       WHERE rowid = ?`,
    );
    this.#delete = database.prepare<null, [number]>("DELETE FROM packed_hour WHERE rowid = ?");
    this.#deleteHour = database.prepare<null, [number, number]>(
      "DELETE FROM packed_hour WHERE profile = ? AND hour = ?",
    );
    this.#selectSome = database.prepare<FoundPart & { rowid: number }, [number, number]>(
      "SELECT rowid, hour, source, part, readings FROM packed_hour WHERE profile = ? LIMIT ?",
    );
    this.#countPacked = database.prepare<null, [number]>(
      "UPDATE store SET value = value + ? WHERE name = 'packed_readings'",
    );
  }

  has(profile: number, source: number, measuredAt: number): boolean {
    const [hour, ms] = [hourOf(measuredAt), measuredAt % HOUR_MS];
    return this.#selectAround.all(profile, hour, source, ms, ms).some(({ part }) => {
      const load = () => this.#timesOf(profile, { hour, source, part });
      return isAmong(this.#times.of(keyOf(profile, { hour, source, part }), load), source, ms);
    });
  }

  add({ profile, hour, source, part, packedAt, readings }: NewPart): void {
    const packed = packHour(readings);
    const span = spanOf(readings);
    this.#insert.run(profile, hour, source, part, ...span, readings.length, packed, packedAt);
    this.#countPacked.run(readings.length);
    this.#tellChanged(profile, readings);
  }

  /** A profile's readings in parts of one hour of claimed time, in any order. */
  read(profile: number, hour: number): SourcedReading[] {
    return this.#selectHour.all(profile, hour).flatMap(unpack);
  }

  /** How many readings the parts of an hour of claimed time hold. */
  count(profile: number, hour: number): number {
    return this.#selectCount.get(profile, hour)?.count ?? 0;
  }

  /** The parts in which a profile's readings of an hour of **effective** time are, those of clocks that are ahead included. */
  partsAround(profile: number, hour: number): readonly FoundPart[] {
    return this.#selectParts.all(profile, hour, hour * HOUR_MS, (hour + 1) * HOUR_MS - 1);
  }

  /** Tells each reading of a part; none when it is no more. */
  visit(profile: number, { hour, source, part }: PlaceOfPart, visit: Visit): void {
    const row = this.#selectPart.get(profile, hour, source, part);
    if (row === null) return;
    const { measuredAt, arrivedAt, bpm } = unpackColumns(row.packed);
    for (let place = 0; place < bpm.length; place++) {
      visit(source, measuredAt[place] as number, arrivedAt[place] as number, bpm[place] as number);
    }
  }

  /** Hours of **effective** time from `first` to `last` in which readings of parts may be, in any order. */
  hoursAround(profile: number, first: number, last: number): ReadonlySet<number> {
    const found = new Set(this.hoursBetween(profile, first, last));
    for (const ahead of this.#selectAheadHours.all(profile, first, first * HOUR_MS)) {
      const end = Math.min(last, ahead.last);
      for (let hour = Math.max(first, ahead.first); hour <= end; hour++) found.add(hour);
    }
    return found;
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
      this.#times.forget(keyOf(profile, { hour, ...row }));
      const kept = after.filter((reading) => reading !== undefined);
      this.#countPacked.run(kept.length - before.length);
      if (kept.length === 0) this.#delete.run(row.rowid);
      else this.#update.run(...spanOf(kept), kept.length, packHour(kept), row.rowid);
      this.#tellChanged(profile, before);
    }
    return changed;
  }

  /** Deletes the parts of an hour, whose readings are elsewhere now. @param readings how many there were */
  delete(profile: number, hour: number, readings: number): void {
    this.#deleteHour.run(profile, hour);
    this.#countPacked.run(-readings);
  }

  /** Deletes some parts of a profile, damaged ones too. @returns whether there are more */
  eraseSome(profile: number, parts: number): boolean {
    const rows = this.#selectSome.all(profile, parts);
    for (const row of rows) {
      this.#times.forget(keyOf(profile, row));
      this.#delete.run(row.rowid);
      this.#countPacked.run(-row.readings);
    }
    if (rows.length > 0) this.#sums.forget(profile);
    return rows.length === parts;
  }

  #timesOf(profile: number, { hour, source, part }: PlaceOfPart): SourcedTimes {
    const row = this.#selectPart.get(profile, hour, source, part);
    const times = row === null ? [] : unpackClaimedTimes(row.packed);
    const within = Uint32Array.from(times, (time) => time - hour * HOUR_MS);
    return new Map([[source, { within, later: NONE_LATER }]]);
  }

  #tellChanged(profile: number, readings: readonly PackedReading[]): void {
    for (const hour of new Set(readings.map((reading) => hourOf(effectiveTime(reading))))) {
      this.#sums.changed(profile, hour);
    }
  }
}

/** A part holds no claimed time of another hour. */
const NONE_LATER = new Float64Array();

/** Picks the parts with effective times before their hour of claimed time, which an index has. */
const IS_AHEAD = `first_at < hour * ${HOUR_MS}`;

function unpack({ source, packed }: PartRow): SourcedReading[] {
  return unpackHour(packed).map((reading) => ({ ...reading, source }));
}

/** First and last claimed time, in ms within the hour, and earliest and latest effective time, in Unix ms. */
function spanOf(
  readings: readonly PackedReading[],
): [firstMs: number, lastMs: number, firstAt: number, lastAt: number] {
  let [firstAt, lastAt] = [Number.POSITIVE_INFINITY, 0];
  for (const reading of readings) {
    const at = effectiveTime(reading);
    firstAt = Math.min(firstAt, at);
    lastAt = Math.max(lastAt, at);
  }
  const firstMs = (readings[0] as PackedReading).measuredAt % HOUR_MS;
  const lastMs = (readings.at(-1) as PackedReading).measuredAt % HOUR_MS;
  return [firstMs, lastMs, firstAt, lastAt];
}

function keyOf(profile: number, { hour, source, part }: PlaceOfPart): string {
  return `part ${profile} ${hour} ${source} ${part}`;
}

interface PartRow {
  readonly rowid: number;
  readonly source: number;
  readonly part: number;
  readonly packed: Uint8Array;
}
