import type { ReadingEngine } from "../../../src/storage/sqlite/readingEngine.ts";
import type { SentReading } from "../storeModel.ts";

/** Appends readings in one commit. @returns the sequence number of each, 0 for one that was there already */
export function appendSent(engine: ReadingEngine, sent: readonly SentReading[]): Float64Array {
  const intervals = new Map<number, readonly number[]>();
  for (const [place, { rrIntervalsMs }] of sent.entries()) {
    if (rrIntervalsMs !== undefined) intervals.set(place, rrIntervalsMs);
  }
  const rows = sent.flatMap((one) => [one.profile, one.source, one.measuredAt, one.arrivedAt, one.bpm]);
  return engine.append(Float64Array.from(rows), intervals);
}
