/**
 * The packed form of one hour of one profile's readings from one source.
 *
 * Columns instead of rows, differences instead of values, in variable-length integers (zigzag as in Protocol
 * Buffers' sint64): claimed times as the change of their spacing, arrivals as the change of their delay, heart
 * rates as their change. Steady readings cost about four bytes each.
 */

/** A reading inside an hour. Source and profile are those of the hour. */
export interface PackedReading {
  readonly measuredAt: number;
  readonly arrivedAt: number;
  readonly bpm: number;
  readonly rrIntervalsMs?: readonly number[];
}

export const HOUR_MS = 3_600_000;

/** The first byte of every packed hour, so that a later form can stand beside this one. */
const FORM = 1;

export function hourOf(measuredAt: number): number {
  return Math.floor(measuredAt / HOUR_MS);
}

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
    for (const byte of intervals) writer.byte(byte);
  }
  return writer.finish();
}

/** @throws Error when the bytes are not a packed hour */
export function unpackHour(bytes: Uint8Array): PackedReading[] {
  const reader = new IntegerReader(bytes);
  if (reader.byte() !== FORM) throw new Error(`unknown form of a packed hour: ${bytes[0]}`);
  const count = reader.unsigned();
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
  const intervals = new Map<number, number[]>();
  for (let left = reader.unsigned(); left > 0; left--) {
    const index = reader.unsigned();
    intervals.set(index, decodeIntervals(reader.bytes(reader.unsigned())));
  }
  return Array.from(measuredAt, (time, index) => {
    const rrIntervalsMs = intervals.get(index);
    const reading = { measuredAt: time, arrivedAt: arrivedAt[index] as number, bpm: bpm[index] as number };
    return rrIntervalsMs === undefined ? reading : { ...reading, rrIntervalsMs };
  });
}

/** Says whether a claimed time is in a packed hour, without unpacking the rest. */
export function isInPackedHour(bytes: Uint8Array, measuredAt: number): boolean {
  const reader = new IntegerReader(bytes);
  if (reader.byte() !== FORM) throw new Error(`unknown form of a packed hour: ${bytes[0]}`);
  const count = reader.unsigned();
  for (let index = 0, time = 0, spacing = 0; index < count; index++) {
    const next = time + spacing + reader.signed();
    spacing = time === 0 ? 0 : next - time;
    time = next;
    if (time >= measuredAt) return time === measuredAt;
  }
  return false;
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

/** Variable-length integers, seven bits a byte, low bits first. Numbers up to 2^53 in either direction. */
class IntegerWriter {
  #bytes: Uint8Array;
  #length = 0;

  constructor(expectedBytes: number) {
    this.#bytes = new Uint8Array(expectedBytes);
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#length++] = value;
  }

  unsigned(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.byte(rest);
  }

  signed(value: number): void {
    // Claimed times and arrivals stay below 1e14 ms, so that twice a difference is still a safe integer.
    this.unsigned(value < 0 ? -value * 2 - 1 : value * 2);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

class IntegerReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  byte(): number {
    const value = this.#bytes[this.#position++];
    if (value === undefined) throw new Error("a packed hour ends too early");
    return value;
  }

  bytes(length: number): Uint8Array {
    const from = this.#position;
    this.#position += length;
    if (this.#position > this.#bytes.length) throw new Error("a packed hour ends too early");
    return this.#bytes.slice(from, this.#position);
  }

  unsigned(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }
}
