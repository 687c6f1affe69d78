import { IntegerReader, IntegerWriter } from "./variableIntegers.ts";

/** One way to write a column of integers as bytes. What it is told about the column beside it is the same on both sides. */
export interface Coding {
  /** @param beside another column of the same length, where the coding needs one */
  encode(values: ArrayLike<number>, beside: ArrayLike<number>): Uint8Array;
  decode(bytes: Uint8Array, count: number, beside: ArrayLike<number>): Float64Array;
}

/** Hours are written once and read often, and a higher level finds next to nothing more in such short columns. */
const ZSTD_LEVEL = 9;

/** Steady columns are compressed to about this. */
const EXPECTED_BYTES = 2;

/** The change from one value to the next: heart rates, and delays that stay the same. */
export const CHANGES: Coding = {
  encode: (values) => encodeEach(values, (value, before) => value - before),
  decode: (bytes, count) => decodeEach(bytes, count, (written, before) => before + written),
};

/** The change of the change: times that are evenly spaced, or drift. */
export const CHANGES_OF_CHANGES: Coding = {
  encode: (values) => {
    let spacing = 0;
    return encodeEach(values, (value, before, place) => {
      const expected = before + spacing;
      spacing = place === 0 ? 0 : value - before;
      return value - expected;
    });
  },
  decode: (bytes, count) => {
    let spacing = 0;
    return decodeEach(bytes, count, (written, before, place) => {
      const value = before + spacing + written;
      spacing = place === 0 ? 0 : value - before;
      return value;
    });
  },
};

/** How far each value is above the lowest: delays that vary around the same. */
export const ABOVE_LOWEST: Coding = {
  encode: (values) => {
    let lowest = Number.POSITIVE_INFINITY;
    for (let place = 0; place < values.length; place++) lowest = Math.min(lowest, values[place] as number);
    const writer = new IntegerWriter(8 + values.length * EXPECTED_BYTES);
    writer.signed(lowest);
    for (let place = 0; place < values.length; place++) writer.unsigned((values[place] as number) - lowest);
    return writer.finish();
  },
  decode: (bytes, count) => {
    const reader = new IntegerReader(bytes);
    const lowest = reader.signed();
    return Float64Array.from({ length: count }, () => lowest + reader.unsigned());
  },
};

/** The change of the sum with the column beside it: delays after times that all arrived at once, as in an import. */
export const CHANGES_OF_SUM: Coding = {
  encode: (values, beside) => CHANGES.encode(sumOf(values, beside, 1), beside),
  decode: (bytes, count, beside) => sumOf(CHANGES.decode(bytes, count, beside), beside, -1),
};

/**
 * The place in an even grid and the distance from it: times that jitter around a steady beat. The jitter is written once,
 * where each change of a change would hold it three times.
 */
export const GRID: Coding = {
  encode: (values) => {
    const first = values[0] as number;
    const step = commonStep(values);
    const places = new IntegerWriter(values.length);
    const distances = new IntegerWriter(values.length * EXPECTED_BYTES);
    let place = 0;
    for (let index = 0; index < values.length; index++) {
      const value = (values[index] as number) - first;
      const next = Math.round(value / step);
      places.signed(next - place);
      distances.signed(value - next * step);
      place = next;
    }
    const writer = new IntegerWriter(16 + values.length * EXPECTED_BYTES);
    writer.signed(first);
    writer.unsigned(step);
    writer.bytes(places.finish());
    writer.bytes(distances.finish());
    return writer.finish();
  },
  decode: (bytes, count) => {
    const reader = new IntegerReader(bytes);
    const first = reader.signed();
    const step = reader.unsigned();
    const values = new Float64Array(count);
    for (let index = 0, place = 0; index < count; index++) {
      place += reader.signed();
      values[index] = first + place * step;
    }
    for (let index = 0; index < count; index++) values[index] = (values[index] as number) + reader.signed();
    return values;
  },
};

/** Writes a column by the coding that makes it smallest. @param codings the same ones, in the same order, as for reading */
export function writeColumn(
  writer: IntegerWriter,
  codings: readonly Coding[],
  values: ArrayLike<number>,
  beside: ArrayLike<number>,
): void {
  let best: { readonly coding: number; readonly block: Block } | undefined;
  for (const [coding, { encode }] of codings.entries()) {
    const block = compress(encode(values, beside));
    if (best === undefined || block.bytes.length < best.block.bytes.length) best = { coding, block };
  }
  if (best === undefined) return;
  writer.byte(best.coding);
  writeBlock(writer, best.block);
}

/** @throws Error when the bytes are no such column */
export function readColumn(
  reader: IntegerReader,
  codings: readonly Coding[],
  count: number,
  beside: ArrayLike<number>,
): Float64Array {
  const coding = codings[reader.byte()];
  if (coding === undefined) throw new Error("a sealed hour has a column of an unknown form");
  return coding.decode(readBytes(reader), count, beside);
}

/** Writes bytes, compressed where that makes them fewer. */
export function writeBytes(writer: IntegerWriter, bytes: Uint8Array): void {
  writeBlock(writer, compress(bytes));
}

export function readBytes(reader: IntegerReader): Uint8Array {
  const isCompressed = reader.byte() === 1;
  const bytes = reader.bytes(reader.unsigned());
  return isCompressed ? Bun.zstdDecompressSync(bytes) : bytes;
}

interface Block {
  readonly isCompressed: boolean;
  readonly bytes: Uint8Array;
}

function compress(bytes: Uint8Array): Block {
  const compressed = Bun.zstdCompressSync(bytes as Uint8Array<ArrayBuffer>, { level: ZSTD_LEVEL });
  const isCompressed = compressed.length < bytes.length;
  return { isCompressed, bytes: isCompressed ? compressed : bytes };
}

function writeBlock(writer: IntegerWriter, { isCompressed, bytes }: Block): void {
  writer.byte(isCompressed ? 1 : 0);
  writer.unsigned(bytes.length);
  writer.bytes(bytes);
}

function encodeEach(
  values: ArrayLike<number>,
  written: (value: number, before: number, place: number) => number,
): Uint8Array {
  const writer = new IntegerWriter(8 + values.length * EXPECTED_BYTES);
  for (let place = 0, before = 0; place < values.length; place++) {
    const value = values[place] as number;
    writer.signed(written(value, before, place));
    before = value;
  }
  return writer.finish();
}

function decodeEach(
  bytes: Uint8Array,
  count: number,
  read: (written: number, before: number, place: number) => number,
): Float64Array {
  const reader = new IntegerReader(bytes);
  const values = new Float64Array(count);
  for (let place = 0, before = 0; place < count; place++) {
    before = read(reader.signed(), before, place);
    values[place] = before;
  }
  return values;
}

function sumOf(values: ArrayLike<number>, beside: ArrayLike<number>, sign: number): Float64Array {
  return Float64Array.from(
    { length: values.length },
    (_, place) => (values[place] as number) + sign * (beside[place] as number),
  );
}

/** The spacing in the middle of all spacings, at least 1; a few gaps do not move it. */
function commonStep(values: ArrayLike<number>): number {
  const spacings = new Float64Array(Math.max(0, values.length - 1));
  for (let place = 0; place < spacings.length; place++) {
    spacings[place] = (values[place + 1] as number) - (values[place] as number);
  }
  const middle = spacings.sort()[spacings.length >> 1] ?? 1;
  return Math.max(1, snapped(middle));
}

/** Devices beat in whole tenths of a second; jitter moves the middle a few milliseconds away from that. */
function snapped(spacingMs: number): number {
  const beat = Math.round(spacingMs / BEAT_MS) * BEAT_MS;
  return beat > 0 && Math.abs(beat - spacingMs) <= beat * BEAT_TOLERANCE ? beat : spacingMs;
}

const BEAT_MS = 100;
const BEAT_TOLERANCE = 0.03;
