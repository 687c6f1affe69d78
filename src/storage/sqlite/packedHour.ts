import { IntegerReader, IntegerWriter } from "./variableIntegers.ts";

/**
 * The packed form of one hour of one profile's readings from one source.
 *
 * Columns instead of rows, differences instead of values, in variable-length integers: claimed times as the change of their spacing, arrivals as the change of their delay, heart
 * rates as their change. Steady readings cost about four bytes each.
 */

/** A reading inside an hour. Source and profile are those of the hour. */
export interface PackedReading {
  readonly measuredAt: number;
  readonly arrivedAt: number;
  readonly bpm: number;
  readonly rrIntervalsMs?: readonly number[];
}

/** The first byte of every packed hour, so that a later form can stand beside this one. */
const FORM = 1;

/** Packs readings that are sorted by claimed time, each time once. */
export function packHour(readings: readonly PackedReading[]): Uint8Array {
  const writer = new IntegerWriter(16 + readings.length * 6);
  writer.byte(FORM);
  writer.unsigned(readings.length);
  let [time, spacing, delay, bpm] = [0, 0, 0, 0];
  for (const reading of readings) {
    writer.signed(reading.measuredAt - time - spacing);
    spacing = time === 0 ? 0 : reading.measuredAt - time;
    time = reading.measuredAt;
  }
  for (const reading of readings) {
    const ownDelay = reading.arrivedAt - reading.measuredAt;
    writer.signed(ownDelay - delay);
    delay = ownDelay;
  }
  for (const reading of readings) {
    writer.signed(reading.bpm - bpm);
    bpm = reading.bpm;
  }
  const withIntervals = readings.flatMap((reading, index) =>
    reading.rrIntervalsMs === undefined ? [] : [{ index, intervals: encodeIntervals(reading.rrIntervalsMs) }],
  );
  writer.unsigned(withIntervals.length);
  for (const { index, intervals } of withIntervals) {
    writer.unsigned(index);
    writer.unsigned(intervals.length);
    writer.bytes(intervals);
  }
  return writer.finish();
}

/** @throws Error when the bytes are not a packed hour */
export function unpackHour(bytes: Uint8Array): PackedReading[] {
  const reader = new IntegerReader(bytes);
  const { measuredAt, arrivedAt, bpm } = readColumns(reader);
  const intervals = new Map<number, number[]>();
  for (let left = reader.unsigned(); left > 0; left--) {
    const index = reader.unsigned();
    intervals.set(index, decodeIntervals(reader.bytes(reader.unsigned())));
  }
  return Array.from(measuredAt, (time, index) => {
    const rrIntervalsMs = intervals.get(index);
    const reading = {
      measuredAt: time,
      arrivedAt: arrivedAt[index] as number,
      bpm: bpm[index] as number,
    };
    return rrIntervalsMs === undefined ? reading : { ...reading, rrIntervalsMs };
  });
}

/** A packed hour but for its RR intervals, a place a reading. */
export interface HourColumns {
  readonly measuredAt: Float64Array;
  readonly arrivedAt: Float64Array;
  readonly bpm: Float64Array;
}

/** Unpacks what counts in statistics. @throws Error when the bytes are not a packed hour */
export function unpackColumns(bytes: Uint8Array): HourColumns {
  return readColumns(new IntegerReader(bytes));
}

/** Unpacks the claimed times alone. @throws Error when the bytes are not a packed hour */
export function unpackClaimedTimes(bytes: Uint8Array): Float64Array {
  const reader = new IntegerReader(bytes);
  return unpackTimes(reader, readCount(reader));
}

function readColumns(reader: IntegerReader): HourColumns {
  const count = readCount(reader);
  const measuredAt = unpackTimes(reader, count);
  const arrivedAt = new Float64Array(count);
  const bpm = new Float64Array(count);
  for (let index = 0, delay = 0; index < count; index++) {
    delay += reader.signed();
    arrivedAt[index] = (measuredAt[index] as number) + delay;
  }
  for (let index = 0, value = 0; index < count; index++) {
    value += reader.signed();
    bpm[index] = value;
  }
  return { measuredAt, arrivedAt, bpm };
}

function readCount(reader: IntegerReader): number {
  const form = reader.byte();
  if (form !== FORM) throw new Error(`unknown form of a packed hour: ${form}`);
  return reader.unsigned();
}

function unpackTimes(reader: IntegerReader, count: number): Float64Array {
  const times = new Float64Array(count);
  for (let index = 0, time = 0, spacing = 0; index < count; index++) {
    const next = time + spacing + reader.signed();
    spacing = time === 0 ? 0 : next - time;
    time = next;
    times[index] = time;
  }
  return times;
}

/**
 * RR intervals as 32-bit floats in ms, little-endian: exact for whole milliseconds up to 2^24 and for every
 * Bluetooth value (raw x 1000 / 1024 needs 23 bits; Heart Rate Service 1.0 section 3.1.1).
 */
export function encodeIntervals(intervalsMs: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(intervalsMs.length * 4));
  for (const [index, interval] of intervalsMs.entries()) view.setFloat32(index * 4, interval, true);
  return new Uint8Array(view.buffer);
}

export function decodeIntervals(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength / 4 }, (_, index) => view.getFloat32(index * 4, true));
}
