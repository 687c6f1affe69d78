import type { Database } from "bun:sqlite";
import type { Arrivals } from "./arrivals.ts";
import type { FreshIndex } from "./freshIndex.ts";

/**
 * Fills the index with the arrivals that are not packed.
 *
 * @param lastSequence the last sequence number of which the file knows beside the arrivals
 * @returns the last sequence number given out
 */
export function loadFresh(
  database: Database,
  arrivals: Arrivals,
  fresh: FreshIndex,
  lastSequence: number,
): number {
  const packedSequences = new Map(
    database
      .query(
        "SELECT profile, packed_sequence FROM profile WHERE packed_sequence >= (SELECT min(first_sequence) FROM arrival)",
      )
      .values() as [number, number][],
  );
  let last = lastSequence;
  for (const { sequence, profile, source, measuredAt, arrivedAt, bpm, intervals } of arrivals.all()) {
    // The last ones may have been erased.
    last = Math.max(last, sequence);
    if (sequence <= (packedSequences.get(profile) ?? 0)) continue;
    fresh.add(sequence, profile, source, measuredAt, arrivedAt, bpm, intervals !== undefined);
  }
  return last;
}
