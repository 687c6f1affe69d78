import type { Database } from "bun:sqlite";
import type { HourAggregate } from "../../domain/statistics.ts";
import type { Correction, StoredReading, StoreMeasures } from "../readingStore.ts";
import { Amender, type Change, correcting, removing } from "./amender.ts";
import type { BatchIntervals } from "./arrivals.ts";
import { closeDatabase, explain, openDatabase, returnFreePages, withFullSync } from "./database.ts";
import type { ReadingEngineOptions } from "./engineOptions.ts";
import { Eraser } from "./eraser.ts";
import { COLUMNS, FreshIndex } from "./freshIndex.ts";
import { randomHashKey } from "./identityHash.ts";
import { loadFresh } from "./loadFresh.ts";
import { PACKING_STEP_MS, Packer, type PackerParts } from "./packer.ts";
import type { Packed } from "./packing.ts";
import { openPlaces, type Places } from "./places.ts";
import { type ProfileState, takeLatests } from "./profileStates.ts";
import { READING_MIGRATIONS } from "./readingTables.ts";
import { Sealer } from "./sealer.ts";
import { UnreadableReading } from "./unreadableReading.ts";

/**
 * Readings in one SQLite file. Everything here is synchronous and belongs to one thread: the worker's.
 *
 * New readings lie in the order of their arrival ({@link Arrivals}), found through the index in memory ({@link FreshIndex}); when those are
 * many or old, the older generation of them is moved into parts of hours ({@link Packer}), and hours that are over are
 * sealed ({@link Sealer}). {@link StoredReadings} joins them all.
 */
export class ReadingEngine {
  readonly #file: string;
  readonly #database: Database;
  readonly #freshReadingsMax: number;
  readonly #freshAgeMsMax: number;
  readonly #clock: () => number;
  readonly #places: Places;
  readonly #sealer: Sealer;
  readonly #amender: Amender;
  readonly #eraser: Eraser;
  readonly #packerParts: PackerParts;
  readonly #hashKey = randomHashKey();
  #fresh = new FreshIndex(this.#hashKey);
  #packer: Packer | undefined;
  #lastSequence: number;
  #commits = 0;
  #commitErrors = 0;

  /** @throws StoreUnavailable when the file cannot be used */
  constructor(options: ReadingEngineOptions) {
    this.#file = options.file;
    this.#freshReadingsMax = options.freshReadingsMax;
    this.#freshAgeMsMax = options.freshAgeMsMax;
    this.#clock = options.clock ?? Date.now;
    const database = openDatabase(options.file, READING_MIGRATIONS, options);
    this.#database = database;
    const fresh = () => this.#generations();
    const clock = this.#clock;
    this.#places = openPlaces(database, fresh, options.sealedHourReadingsMax);
    const stepMs = options.packingStepMs ?? PACKING_STEP_MS;
    this.#sealer = new Sealer({ ...options, ...this.#places, database, clock, stepMs });
    this.#amender = new Amender({ ...this.#places, database, fresh, clock });
    this.#eraser = new Eraser({
      ...this.#places,
      database,
      lastSequence: () => this.#lastSequence,
      forget: (profile) => {
        this.#forget(profile);
        this.#sealer.forget(profile);
      },
    });
    this.#packerParts = {
      ...this.#places,
      database,
      clock,
      stepMs,
      packed: (packed) => this.#touch(packed),
    };
    this.#lastSequence = loadFresh(
      database,
      this.#places.arrivals,
      this.#fresh,
      Number(this.#value("last_sequence")),
    );
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
   * @throws StoreUnavailable when nothing of the batch was stored; {@link UnreadableReading} when one reading is why
   */
  append(batch: Float64Array, intervals?: BatchIntervals): Float64Array {
    let sizeBefore = this.#fresh.size;
    const sequenceBefore = this.#lastSequence;
    try {
      this.#makeRoomFor(batch.length / COLUMNS);
      sizeBefore = this.#fresh.size;
      const sequences = this.#database.transaction(() => this.#insertAll(batch, intervals)).immediate();
      this.#commits++;
      takeLatests(this.#places.states, batch, sequences);
      return sequences;
    } catch (error) {
      this.#commitErrors++;
      this.#fresh.truncate(sizeBefore);
      this.#places.states.forgetAll(batch);
      this.#lastSequence = sequenceBefore;
      throw explain(error, this.#file);
    }
  }

  latest(profile: number): StoredReading | undefined {
    const latest = this.#places.states.latest(profile);
    return latest === undefined ? undefined : ({ ...latest, profile } as unknown as StoredReading);
  }

  /** See {@link ReadingStore.read}. */
  read(profile: number, from: number, to: number, limit: number): StoredReading[] {
    return this.#places.stored
      .read(profile, from, to, limit)
      .map((reading) => ({ ...reading, profile }) as unknown as StoredReading);
  }

  /** The steps towards the answer of {@link ReadingStore.aggregate}; everything else may be done in between. */
  aggregating(profile: number, from: number, to: number): Generator<void, readonly HourAggregate[]> {
    return this.#places.stored.aggregating({ profile, from, to });
  }

  /** See {@link ReadingStore.remove}. @throws StoreUnavailable when nothing was deleted */
  remove(profile: number, from: number, to: number, source?: number): number {
    return this.#amend(profile, from, to, removing(source));
  }

  /** The steps of {@link ReadingStore.erase}; everything else may be done in between. */
  erasing(profile: number): Generator<void, void> {
    return this.#eraser.erasing(profile);
  }

  /** See {@link ReadingStore.correct}. @throws StoreUnavailable when nothing was changed */
  correct(profile: number, corrections: readonly Correction[]): number {
    const times = corrections.map(({ measuredAt }) => measuredAt);
    return this.#amend(profile, Math.min(...times), Math.max(...times), correcting(corrections));
  }

  /** Writes and commits one small value. @throws StoreUnavailable when the file cannot be written */
  probe(): void {
    this.#explained(() => this.#database.run("UPDATE store SET value = value + 1 WHERE name = 'probe'"));
  }

  /** Makes everything before it durable, whatever the durability setting. */
  sync(): void {
    withFullSync(this.#database, () => this.probe());
  }

  /** Does a little packing. @throws StoreUnavailable when the file cannot be written; try again later */
  packStep(): void {
    if (this.#explained(() => this.#packer?.step())) this.#packer = undefined;
  }

  /** Starts a packing when the oldest fresh reading has become too old. */
  packOld(): void {
    const oldest = this.#fresh.oldestArrival;
    if (this.packing || oldest === undefined || oldest + this.#freshAgeMsMax > this.#clock()) return;
    this.#startPacking(0);
  }

  /** See {@link Sealer.isBehind}. */
  get isSealingBehind(): boolean {
    return this.#sealer.isBehind;
  }

  /** Seals some hours that are due. @returns false when none is; @throws StoreUnavailable when that failed */
  sealStep(): boolean {
    return this.#explained(() => this.#sealer.step());
  }

  /** Gives some free pages back to the file system. @returns true while there are more */
  returnFreePages(pages: number): boolean {
    return returnFreePages(this.#database, pages);
  }

  measure(): StoreMeasures {
    return {
      epoch: String(this.#value("epoch")),
      freshReadings: this.#fresh.living + (this.#packer?.unpackedReadings ?? 0),
      packedReadings: Number(this.#value("packed_readings")),
      sealedReadings: Number(this.#value("sealed_readings")),
      unsealedHours: this.#sealer.openHours,
      commits: this.#commits,
      commitErrors: this.#commitErrors,
      sealingErrors: this.#sealer.errors,
    };
  }

  /** Lets go of the file, which alone holds everything then. */
  close(): void {
    closeDatabase(this.#database);
  }

  #explained<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw explain(error, this.#file);
    }
  }

  #value(name: string): unknown {
    return (this.#database.query("SELECT value FROM store WHERE name = ?").get(name) as { value: unknown })
      .value;
  }

  #insertAll(batch: Float64Array, intervals: BatchIntervals | undefined): Float64Array {
    const sequences = new Float64Array(batch.length / COLUMNS);
    let place = 0;
    try {
      for (; place < sequences.length; place++) {
        sequences[place] = this.#insert(batch, place * COLUMNS, intervals?.has(place) ?? false);
      }
    } catch (error) {
      throw new UnreadableReading(place, explain(error, this.#file));
    }
    this.#places.arrivals.add(batch, sequences, intervals);
    return sequences;
  }

  /** @returns the sequence number of a new reading; 0 when it was there already */
  #insert(batch: Float64Array, column: number, hasIntervals: boolean): number {
    const profile = batch[column] as number;
    const source = batch[column + 1] as number;
    const measuredAt = batch[column + 2] as number;
    const arrivedAt = batch[column + 3] as number;
    const bpm = batch[column + 4] as number;
    const state = this.#places.states.get(profile);
    if (measuredAt > state.newestMeasuredAt) state.newestMeasuredAt = measuredAt;
    else if (this.#isStored(state, profile, source, measuredAt)) return 0;
    const sequence = ++this.#lastSequence;
    this.#fresh.add(sequence, profile, source, measuredAt, arrivedAt, bpm, hasIntervals);
    return sequence;
  }

  #isStored(state: ProfileState, profile: number, source: number, measuredAt: number): boolean {
    if (this.#fresh.has(profile, source, measuredAt)) return true;
    if (this.#packer?.generation.has(profile, source, measuredAt)) return true;
    if (measuredAt > state.packedUntil) return false;
    return (
      this.#places.hours.has(profile, source, measuredAt) ||
      this.#places.sealed.has(profile, source, measuredAt)
    );
  }

  /** Starts a packing when there are enough fresh readings; with no room left, finishes the one before it first. */
  #makeRoomFor(readings: number): void {
    if (this.#fresh.size === 0 || this.#fresh.size + readings <= this.#freshReadingsMax) return;
    while (this.#packer !== undefined) this.packStep();
    // As large as it will be: growing would copy it, and hold up a write, at every doubling.
    this.#startPacking(this.#freshReadingsMax);
  }

  #startPacking(expected: number): void {
    this.#packer = new Packer(this.#packerParts, this.#fresh);
    this.#fresh = new FreshIndex(this.#hashKey, expected);
  }

  #touch({ profile, hours, until, packedAt }: Packed): void {
    for (const hour of hours) this.#sealer.touch(profile, hour, packedAt);
    const state = this.#places.states.get(profile);
    state.packedUntil = Math.max(state.packedUntil, until);
  }

  #amend(profile: number, from: number, to: number, change: Change): number {
    try {
      const { changed, packed } = this.#amender.amend(profile, from, to, this.#lastSequence, change);
      this.#forget(profile);
      this.#touch(packed);
      return changed;
    } catch (error) {
      throw explain(error, this.#file);
    }
  }

  /** Forgets a profile's fresh readings: what was deleted may come again, and what was packed is found there. */
  #forget(profile: number): void {
    this.#packer?.forget(this.#packer.generation.forget(profile));
    this.#fresh.forget(profile);
    this.#places.states.forget(profile);
  }

  #generations(): readonly FreshIndex[] {
    return this.#packer === undefined ? [this.#fresh] : [this.#packer.generation, this.#fresh];
  }
}
