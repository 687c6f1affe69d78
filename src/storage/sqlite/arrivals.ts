import type { Database } from "bun:sqlite";
import { COLUMNS } from "./freshIndex.ts";
import { decodeIntervals, encodeIntervals } from "./packedHour.ts";
import { IntegerReader, IntegerWriter } from "./variableIntegers.ts";

/** RR intervals of some readings of a batch, by their place in it. */
export type BatchIntervals = ReadonlyMap<number, readonly number[]>;

/** A reading as it lies in a batch. */
export interface ArrivedReading {
  readonly sequence: number;
  readonly profile: number;
  readonly source: number;
  readonly measuredAt: number;
  readonly arrivedAt: number;
  readonly bpm: number;
  /** RR intervals as {@link encodeIntervals} writes them; absent when the sender gave none. */
  readonly intervals?: Uint8Array;
}

/** The first byte of every packed batch, so that a later form can stand beside this one. */
const FORM = 1;

/** Steady readings of neighbours in time take about this much. */
const EXPECTED_READING_BYTES = 12;

/** Sequence numbers whose batches one deletion takes: a range of neighbouring pages. */
const DELETED_SEQUENCES_MAX = 4_096;

/**
 * The fresh readings in the file: one row a commit, in the order of arrival, with all readings of the commit packed
 * into it. A commit so touches the last page or two, and costs one insertion for all of its readings.
 *
 * A reading's fields stand one behind the other in variable-length integers: profile, source, claimed time (as the
 * difference from the reading before), delay of the arrival after the claimed time, heart rate, and one more than the
 * bytes of its RR intervals, or 0 without any.
 */
export class Arrivals {
  readonly #database: Database;
  readonly #insert;
  readonly #selectBatch;
  readonly #selectFirst;
  readonly #delete;
  readonly #selectAfter;
  readonly #deleteBatch;
  /** The batch that was unpacked last: whoever asks for RR intervals asks for many of one batch. */
  #unpacked: { readonly first: number; readonly readings: readonly ArrivedReading[] } = {
    first: 0,
    readings: [],
  };

  constructor(database: Database) {
    this.#database = database;
    this.#insert = database.prepare<null, [number, number, Uint8Array]>(
      "INSERT INTO arrival VALUES (?, ?, ?)",
    );
    this.#selectBatch = database.prepare<BatchRow, [number]>(
      "SELECT * FROM arrival WHERE first_sequence <= ? ORDER BY first_sequence DESC LIMIT 1",
    );
    this.#selectFirst = database.prepare<{ first: number | null }, []>(
      "SELECT min(first_sequence) AS first FROM arrival",
    );
    this.#delete = database.prepare<null, [number]>("DELETE FROM arrival WHERE first_sequence <= ?");
    this.#selectAfter = database.prepare<BatchRow, [number, number]>(
      "SELECT * FROM arrival WHERE first_sequence > ? ORDER BY first_sequence LIMIT ?",
    );
    this.#deleteBatch = database.prepare<null, [number]>("DELETE FROM arrival WHERE first_sequence = ?");
  }

  /**
   * Adds the readings of one commit.
   *
   * @param batch readings in numbers, {@link COLUMNS} each
   * @param sequences the sequence number of each, rising by one; 0 for a reading that is left out
   */
  add(batch: Float64Array, sequences: Float64Array, intervals: BatchIntervals | undefined): void {
    const writer = new IntegerWriter(1 + sequences.length * EXPECTED_READING_BYTES);
    writer.byte(FORM);
    let first = 0;
    let readings = 0;
    let time = 0;
    for (let place = 0, column = 0; place < sequences.length; place++, column += COLUMNS) {
      const sequence = sequences[place] as number;
      if (sequence === 0) continue;
      if (readings++ === 0) first = sequence;
      const measuredAt = batch[column + 2] as number;
      writer.unsigned(batch[column] as number);
      writer.unsigned(batch[column + 1] as number);
      writer.signed(measuredAt - time);
      writer.signed((batch[column + 3] as number) - measuredAt);
      writer.unsigned(batch[column + 4] as number);
      writeIntervals(writer, intervals?.get(place));
      time = measuredAt;
    }
    if (readings > 0) this.#insert.run(first, readings, writer.finish());
  }

  /** Every reading in the file, packed elsewhere or not, in the order of arrival. */
  *all(): Generator<ArrivedReading> {
    const rows = this.#database.query<BatchRow, []>("SELECT * FROM arrival ORDER BY first_sequence");
    for (const row of rows.iterate()) yield* unpack(row);
  }

  /** @returns undefined when the reading has no RR intervals */
  intervalsOf(sequence: number): readonly number[] | undefined {
    const { first, readings } = this.#unpacked;
    const bytes = (readings[sequence - first] ?? this.#unpackAround(sequence))?.intervals;
    return bytes === undefined ? undefined : decodeIntervals(bytes);
  }

  /**
   * Takes a profile's readings out of some batches, packed elsewhere or not. What is left of such a batch keeps its sequence
   * numbers, and so becomes as many batches as there are runs of them.
   *
   * @param after the first sequence number of the batch after which it goes on, 0 for the first batch
   * @returns after which one to go on; undefined when there is none left
   */
  eraseSome(profile: number, after: number, batches: number): number | undefined {
    const rows = this.#selectAfter.all(after, batches);
    for (const row of rows) {
      const readings = [...unpack(row)];
      if (!readings.some((reading) => reading.profile === profile)) continue;
      // In this order: a page is not arranged anew while what is deleted still lies in it.
      this.#deleteBatch.run(row.first_sequence);
      for (const run of runsWithout(readings, profile)) this.#insertRun(run);
      this.#unpacked = { first: 0, readings: [] };
    }
    return rows.at(-1)?.first_sequence;
  }

  #insertRun(run: readonly ArrivedReading[]): void {
    const writer = new IntegerWriter(1 + run.length * EXPECTED_READING_BYTES);
    writer.byte(FORM);
    let time = 0;
    for (const { profile, source, measuredAt, arrivedAt, bpm, intervals } of run) {
      writer.unsigned(profile);
      writer.unsigned(source);
      writer.signed(measuredAt - time);
      writer.signed(arrivedAt - measuredAt);
      writer.unsigned(bpm);
      writer.unsigned(intervals === undefined ? 0 : intervals.length + 1);
      if (intervals !== undefined) writer.bytes(intervals);
      time = measuredAt;
    }
    this.#insert.run(run[0]?.sequence ?? 0, run.length, writer.finish());
  }

  #unpackAround(sequence: number): ArrivedReading | undefined {
    const row = this.#selectBatch.get(sequence);
    if (row === null) return undefined;
    this.#unpacked = { first: row.first_sequence, readings: [...unpack(row)] };
    return this.#unpacked.readings[sequence - row.first_sequence];
  }

  /**
   * Deletes some of the oldest batches.
   *
   * @param until the last sequence number of a batch; no later one is deleted
   * @returns true when nothing up to there is left
   */
  deleteSome(until: number): boolean {
    const first = this.#selectFirst.get()?.first ?? until;
    const last = Math.min(first + DELETED_SEQUENCES_MAX, until);
    this.#delete.run(last);
    return last === until;
  }
}

/** The readings of others, in runs of neighbours. */
function runsWithout(readings: readonly ArrivedReading[], profile: number): readonly ArrivedReading[][] {
  const runs: ArrivedReading[][] = [];
  let current: ArrivedReading[] | undefined;
  for (const reading of readings) {
    if (reading.profile === profile) {
      current = undefined;
      continue;
    }
    if (current === undefined) {
      current = [];
      runs.push(current);
    }
    current.push(reading);
  }
  return runs;
}

function writeIntervals(writer: IntegerWriter, intervalsMs: readonly number[] | undefined): void {
  if (intervalsMs === undefined) {
    writer.byte(0);
    return;
  }
  const encoded = encodeIntervals(intervalsMs);
  writer.unsigned(encoded.length + 1);
  writer.bytes(encoded);
}

/** @throws Error when the bytes are not a packed batch */
function* unpack({ first_sequence: first, readings, packed }: BatchRow): Generator<ArrivedReading> {
  const reader = new IntegerReader(packed);
  const form = reader.byte();
  if (form !== FORM) throw new Error(`unknown form of a packed batch: ${form}`);
  let time = 0;
  for (let place = 0; place < readings; place++) {
    const profile = reader.unsigned();
    const source = reader.unsigned();
    time += reader.signed();
    const arrivedAt = time + reader.signed();
    const bpm = reader.unsigned();
    const length = reader.unsigned();
    const reading = { sequence: first + place, profile, source, measuredAt: time, arrivedAt, bpm };
    yield length === 0 ? reading : { ...reading, intervals: reader.bytes(length - 1) };
  }
}

interface BatchRow {
  readonly first_sequence: number;
  readonly readings: number;
  readonly packed: Uint8Array;
}
