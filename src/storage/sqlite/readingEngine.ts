import type { Database } from "bun:sqlite";
import type { Bpm, EpochMs, ProfileId, SourceId } from "../../domain/reading.ts";
import type { StoredReading, StoreMeasures } from "../readingStore.ts";
import { Arrivals, type BatchIntervals } from "./arrivals.ts";
import { type DatabaseOptions, explain, openDatabase } from "./database.ts";
import { COLUMNS, type FreshEntry, FreshIndex } from "./freshIndex.ts";
import { PackedHours, type SourcedReading } from "./packedHours.ts";
import { PACKING_STEP_MS, Packer } from "./packer.ts";
import { type ProfileState, ProfileStates, takeLatest } from "./profileStates.ts";
import { READING_MIGRATIONS } from "./readingTables.ts";

export interface ReadingEngineOptions extends DatabaseOptions {
  readonly file: string;
  /** Fresh readings that start a packing; twice as many is the most that memory ever holds. */
  readonly freshReadingsMax: number;
  /** How long one step of packing may take; {@link PACKING_STEP_MS} when absent. */
  readonly packingStepMs?: number;
}

/**
 * Readings in one SQLite file. Everything here is synchronous and belongs to one thread: the worker's.
 *
 * New readings lie in the order of their arrival ({@link Arrivals}), found through the index in memory ({@link FreshIndex}); when those are
 * many, the older generation of them is moved into packed hours ({@link Packer}).
 */
export class ReadingEngine {
  readonly #file: string;
  readonly #database: Database;
  readonly #freshReadingsMax: number;
  readonly #packingStepMs: number;
  readonly #arrivals: Arrivals;
  readonly #hours: PackedHours;
  readonly #states: ProfileStates;
  #fresh = new FreshIndex();
  #packer: Packer | undefined;
  #lastSequence: number;
  #commits = 0;
  #commitErrors = 0;

  /** @throws StoreUnavailable when the file cannot be used */
  constructor(options: ReadingEngineOptions) {
    this.#file = options.file;
    this.#freshReadingsMax = options.freshReadingsMax;
    this.#packingStepMs = options.packingStepMs ?? PACKING_STEP_MS;
    this.#database = openDatabase(options.file, READING_MIGRATIONS, options);
    this.#arrivals = new Arrivals(this.#database);
    this.#hours = new PackedHours(this.#database);
    this.#states = new ProfileStates(this.#database, () => this.#generations());
    this.#lastSequence = this.#loadFresh();
  }

  /** True while readings wait to be packed: call {@link packStep} between the writes. */
  get packing(): boolean {
    return this.#packer !== undefined;
  }

  /** How full the room for fresh readings is, from 0; from 1 on, packing must not wait. */
  get pressure(): number {
    return this.#fresh.size / this.#freshReadingsMax;
  }

  /**
   * Stores a batch in one transaction: all of it is durable when this returns.
   *
   * @param batch readings in numbers, {@link COLUMNS} each
   * @returns the sequence number of each reading, 0 for one that was there already
   * @throws StoreUnavailable when nothing of the batch was stored
   */
  append(batch: Float64Array, intervals?: BatchIntervals): Float64Array {
    let sizeBefore = this.#fresh.size;
    const sequenceBefore = this.#lastSequence;
    try {
      this.#makeRoomFor(batch.length / COLUMNS);
      sizeBefore = this.#fresh.size;
      const sequences = this.#database.transaction(() => this.#insertAll(batch, intervals)).immediate();
      this.#commits++;
      this.#takeLatests(batch, sequences);
      return sequences;
    } catch (error) {
      this.#commitErrors++;
      this.#fresh.truncate(sizeBefore);
      this.#states.clear();
      this.#lastSequence = sequenceBefore;
      throw explain(error, this.#file);
    }
  }

  latest(profile: number): StoredReading | undefined {
    const state = this.#states.get(profile);
    if (!state.hasLatest) return undefined;
    return {
      profile: profile as ProfileId,
      source: state.latestSource as SourceId,
      measuredAt: state.latestMeasuredAt as EpochMs,
      arrivedAt: state.latestArrivedAt as EpochMs,
      bpm: state.latestBpm as Bpm,
    };
  }

  /** See {@link ReadingStore.read}. */
  read(profile: number, from: number, to: number, limit: number): StoredReading[] {
    const packed = this.#hours.read(profile, from, to, limit + 1);
    const all: (SourcedReading & { sequence?: number })[] = [
      ...packed,
      ...this.#freshBetween(profile, from, to),
    ];
    all.sort((a, b) => a.measuredAt - b.measuredAt || a.source - b.source);
    let end = Math.min(limit, all.length);
    while (end > 0 && end < all.length && all[end]?.measuredAt === all[end - 1]?.measuredAt) end++;
    return all.slice(0, end).map((reading) => ({
      ...reading,
      profile: profile as ProfileId,
      source: reading.source as SourceId,
      measuredAt: reading.measuredAt as EpochMs,
      arrivedAt: reading.arrivedAt as EpochMs,
      bpm: reading.bpm as Bpm,
    }));
  }

  /** Writes and commits one small value. @throws StoreUnavailable when the file cannot be written */
  probe(): void {
    try {
      this.#database.run("UPDATE store SET value = value + 1 WHERE name = 'probe'");
    } catch (error) {
      throw explain(error, this.#file);
    }
  }

  /** Makes everything before it durable, whatever the durability setting. */
  sync(): void {
    const { synchronous } = this.#database.query("PRAGMA synchronous").get() as { synchronous: number };
    this.#database.run("PRAGMA synchronous = FULL");
    try {
      this.probe();
    } finally {
      this.#database.run(`PRAGMA synchronous = ${synchronous}`);
    }
  }

  /** Does a little packing. @throws StoreUnavailable when the file cannot be written; try again later */
  packStep(): void {
    try {
      if (this.#packer?.step()) this.#packer = undefined;
    } catch (error) {
      throw explain(error, this.#file);
    }
  }

  /** Gives some free pages back to the file system. @returns true while there are more */
  returnFreePages(pages: number): boolean {
    const { freelist_count: free } = this.#database.query("PRAGMA freelist_count").get() as {
      freelist_count: number;
    };
    if (free > 0) this.#database.run(`PRAGMA incremental_vacuum(${pages})`);
    return free > pages;
  }

  measure(): StoreMeasures {
    return {
      epoch: String(this.#value("epoch")),
      freshReadings: this.#fresh.size + (this.#packer?.unpackedReadings ?? 0),
      packedReadings: Number(this.#value("packed_readings")),
      commits: this.#commits,
      commitErrors: this.#commitErrors,
    };
  }

  /** Moves the log into the file, so that readings.db alone holds everything, and lets go of it. */
  close(): void {
    try {
      this.#database.run("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // The disk is full or failing: the log stays beside the file, and the next start reads it.
    }
    this.#database.close();
  }

  #value(name: string): unknown {
    return (this.#database.query("SELECT value FROM store WHERE name = ?").get(name) as { value: unknown })
      .value;
  }

  #insertAll(batch: Float64Array, intervals: BatchIntervals | undefined): Float64Array {
    const sequences = new Float64Array(batch.length / COLUMNS);
    for (let place = 0, column = 0; place < sequences.length; place++, column += COLUMNS) {
      const profile = batch[column] as number;
      const source = batch[column + 1] as number;
      const measuredAt = batch[column + 2] as number;
      const arrivedAt = batch[column + 3] as number;
      const bpm = batch[column + 4] as number;
      const state = this.#states.get(profile);
      if (measuredAt > state.newestMeasuredAt) state.newestMeasuredAt = measuredAt;
      else if (this.#isStored(state, profile, source, measuredAt)) continue;
      const sequence = ++this.#lastSequence;
      this.#fresh.add(sequence, profile, source, measuredAt, arrivedAt, bpm, intervals?.has(place) ?? false);
      sequences[place] = sequence;
    }
    this.#arrivals.add(batch, sequences, intervals);
    return sequences;
  }

  #isStored(state: ProfileState, profile: number, source: number, measuredAt: number): boolean {
    if (this.#fresh.has(profile, source, measuredAt)) return true;
    if (this.#packer?.generation.has(profile, source, measuredAt)) return true;
    return measuredAt <= state.packedUntil && this.#hours.has(profile, source, measuredAt);
  }

  #takeLatests(batch: Float64Array, sequences: Float64Array): void {
    for (let place = 0, column = 0; place < sequences.length; place++, column += COLUMNS) {
      if (sequences[place] === 0) continue;
      takeLatest(this.#states.get(batch[column] as number), {
        source: batch[column + 1] as number,
        measuredAt: batch[column + 2] as EpochMs,
        arrivedAt: batch[column + 3] as EpochMs,
        bpm: batch[column + 4] as number,
      });
    }
  }

  /** Starts a packing when there are enough fresh readings; with no room left, finishes the one before it first. */
  #makeRoomFor(readings: number): void {
    if (this.#fresh.size === 0 || this.#fresh.size + readings <= this.#freshReadingsMax) return;
    while (this.#packer !== undefined) this.packStep();
    const parts = {
      database: this.#database,
      arrivals: this.#arrivals,
      hours: this.#hours,
      states: this.#states,
      stepMs: this.#packingStepMs,
    };
    this.#packer = new Packer(parts, this.#fresh);
    // As large as it will be: growing would copy it, and hold up a write, at every doubling.
    this.#fresh = new FreshIndex(this.#freshReadingsMax);
  }

  #generations(): readonly FreshIndex[] {
    return this.#packer === undefined ? [this.#fresh] : [this.#packer.generation, this.#fresh];
  }

  #freshBetween(profile: number, from: number, to: number): (SourcedReading & { sequence: number })[] {
    const found: FreshEntry[] = [];
    for (const generation of this.#generations()) {
      for (const entry of generation.entriesOf(profile)) {
        if (entry.measuredAt >= from && entry.measuredAt <= to) found.push(entry);
      }
    }
    return found.map(({ hasIntervals, ...reading }) => {
      const rrIntervalsMs = hasIntervals ? this.#arrivals.intervalsOf(reading.sequence) : undefined;
      return rrIntervalsMs === undefined ? reading : { ...reading, rrIntervalsMs };
    });
  }

  /** Fills the index with the arrivals that are not packed. @returns the last sequence number given out */
  #loadFresh(): number {
    const packedSequences = new Map(
      this.#database
        .query(
          "SELECT profile, packed_sequence FROM profile WHERE packed_sequence >= (SELECT min(first_sequence) FROM arrival)",
        )
        .values() as [number, number][],
    );
    let last = Number(this.#value("last_sequence"));
    for (const { sequence, profile, source, measuredAt, arrivedAt, bpm, intervals } of this.#arrivals.all()) {
      last = sequence;
      if (sequence <= (packedSequences.get(profile) ?? 0)) continue;
      this.#fresh.add(sequence, profile, source, measuredAt, arrivedAt, bpm, intervals !== undefined);
    }
    return last;
  }
}
