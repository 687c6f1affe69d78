import { HOUR_MS } from "../../domain/hour.ts";
import {
  ABOVE_LOWEST,
  CHANGES,
  CHANGES_OF_CHANGES,
  CHANGES_OF_SUM,
  type Coding,
  GRID,
  readBytes,
  readColumn,
  writeBytes,
  writeColumn,
} from "./columns.ts";
import { decodeIntervals, encodeIntervals } from "./packedHour.ts";
import type { SourcedReading } from "./packedHours.ts";
import type { ClaimedTimes, SourcedTimes } from "./rememberedTimes.ts";
import { IntegerReader, IntegerWriter } from "./variableIntegers.ts";

/**
 * The sealed form of one hour of one profile: all of its readings with effective times in the hour, source by source,
 * each in the order of claimed time. Columns, each written the way that makes it smallest and compressed with zstd.
 * Claimed times and arrivals stay exact.
 */

/** The first byte of every sealed hour, so that a later form can stand beside this one. */
const FORM = 1;

const TIME_CODINGS: readonly Coding[] = [CHANGES_OF_CHANGES, GRID];
const DELAY_CODINGS: readonly Coding[] = [CHANGES, ABOVE_LOWEST, CHANGES_OF_SUM];
const BPM_CODINGS: readonly Coding[] = [CHANGES];

const NOTHING: ArrayLike<number> = [];

/** Sorts readings as a sealed hour holds them. */
export function inSealedOrder(a: SourcedReading, b: SourcedReading): number {
  return a.source - b.source || a.measuredAt - b.measuredAt;
}

/**
 * Packs the readings of an hour.
 *
 * @param readings sorted by {@link inSealedOrder}, each identity once
 */
export function sealHour(hour: number, readings: readonly SourcedReading[]): Uint8Array {
  const writer = new IntegerWriter(64 + readings.length * 3);
  writer.byte(FORM);
  const sources = [...Map.groupBy(readings, ({ source }) => source)];
  writer.unsigned(sources.length);
  for (const [source, own] of sources) {
    writer.unsigned(source);
    writer.unsigned(own.length);
    const times = Float64Array.from(own, ({ measuredAt }) => measuredAt - hour * HOUR_MS);
    const delays = Float64Array.from(own, ({ arrivedAt, measuredAt }) => arrivedAt - measuredAt);
    writeColumn(writer, TIME_CODINGS, times, NOTHING);
    writeColumn(writer, DELAY_CODINGS, delays, times);
    writeColumn(
      writer,
      BPM_CODINGS,
      Float64Array.from(own, ({ bpm }) => bpm),
      NOTHING,
    );
    writeBytes(writer, packIntervals(own));
  }
  return writer.finish();
}

/** @throws Error when the bytes are not a sealed hour */
export function unsealHour(hour: number, bytes: Uint8Array): SourcedReading[] {
  const reader = new IntegerReader(bytes);
  const form = reader.byte();
  if (form !== FORM) throw new Error(`unknown form of a sealed hour: ${form}`);
  const readings: SourcedReading[] = [];
  for (let left = reader.unsigned(); left > 0; left--) {
    const source = reader.unsigned();
    const count = reader.unsigned();
    const times = readColumn(reader, TIME_CODINGS, count, NOTHING);
    const delays = readColumn(reader, DELAY_CODINGS, count, times);
    const bpm = readColumn(reader, BPM_CODINGS, count, NOTHING);
    const intervals = unpackIntervals(readBytes(reader));
    for (let place = 0; place < count; place++) {
      const measuredAt = hour * HOUR_MS + (times[place] as number);
      const reading = {
        source,
        measuredAt,
        arrivedAt: measuredAt + (delays[place] as number),
        bpm: bpm[place] as number,
      };
      const rrIntervalsMs = intervals.get(place);
      readings.push(rrIntervalsMs === undefined ? reading : { ...reading, rrIntervalsMs });
    }
  }
  return readings;
}

/** Unseals the claimed times alone: what is asked for a late reading. @throws Error when the bytes are not a sealed hour */
export function unsealTimes(bytes: Uint8Array): SourcedTimes {
  const reader = new IntegerReader(bytes);
  const form = reader.byte();
  if (form !== FORM) throw new Error(`unknown form of a sealed hour: ${form}`);
  const found = new Map<number, ClaimedTimes>();
  for (let left = reader.unsigned(); left > 0; left--) {
    const source = reader.unsigned();
    const count = reader.unsigned();
    const times = readColumn(reader, TIME_CODINGS, count, NOTHING);
    const later = times.filter((time) => time >= HOUR_MS);
    found.set(source, { within: Uint32Array.from(times.subarray(0, count - later.length)), later });
    skipColumn(reader);
    skipColumn(reader);
    skipBytes(reader);
  }
  return found;
}

function skipColumn(reader: IntegerReader): void {
  reader.byte();
  skipBytes(reader);
}

function skipBytes(reader: IntegerReader): void {
  reader.byte();
  reader.bytes(reader.unsigned());
}

/** Places as the distance from the one before, each followed by the length of its intervals and these. */
function packIntervals(readings: readonly SourcedReading[]): Uint8Array {
  const writer = new IntegerWriter(16);
  let before = 0;
  for (const [place, { rrIntervalsMs }] of readings.entries()) {
    if (rrIntervalsMs === undefined) continue;
    writer.unsigned(place - before);
    writer.unsigned(rrIntervalsMs.length);
    writer.bytes(encodeIntervals(rrIntervalsMs));
    before = place;
  }
  return writer.finish();
}

function unpackIntervals(bytes: Uint8Array): ReadonlyMap<number, readonly number[]> {
  const reader = new IntegerReader(bytes);
  const intervals = new Map<number, readonly number[]>();
  for (let place = 0; !reader.isAtEnd; ) {
    place += reader.unsigned();
    intervals.set(place, decodeIntervals(reader.bytes(reader.unsigned() * INTERVAL_BYTES)));
  }
  return intervals;
}

/** See {@link encodeIntervals}. */
const INTERVAL_BYTES = 4;
