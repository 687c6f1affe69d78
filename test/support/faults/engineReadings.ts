import type { ReadingEngine } from "../../../src/storage/sqlite/readingEngine.ts";
import { appendSent } from "../storage/appendSent.ts";
import type { SentReading } from "../storeModel.ts";

/** Limits so small that one packing has many steps, always the same ones, and that checkpoints happen in it. */
export const ENGINE_OPTIONS = {
  durability: "commit",
  walPagesMax: 20,
  cacheKibibytes: 1_024,
  freshReadingsMax: 300,
  freshAgeMsMax: 3_600_000,
  quietMs: 0,
  sealedHourReadingsMax: 40_000,
  packingStepMs: 0,
} as const;

export const VICTIM_PROFILES = 8;

export const BATCH_READINGS = 25;
const FIRST_CLAIMED = Date.UTC(2024, 0, 1);
const SPACING_MS = 40_000;

/** By how much every ninth reading's clock is ahead: its claimed time is in another hour than its effective one. */
const AHEAD_MS = 5_000_000;

/** The readings of one append, the same in every process: every profile, both sources, several hours, every fifth one late. */
export function victimReadings(batch: number): readonly SentReading[] {
  return Array.from({ length: BATCH_READINGS }, (_, place) => {
    const number = batch * BATCH_READINGS + place;
    const step = Math.floor(number / VICTIM_PROFILES);
    const measuredAt = FIRST_CLAIMED + (number % 5 === 0 ? -1 - step : step) * SPACING_MS;
    const reading = {
      profile: 1 + (number % VICTIM_PROFILES),
      source: step % 3 === 1 ? 1 : 0,
      measuredAt,
      arrivedAt: measuredAt + (number % 9 === 4 ? -AHEAD_MS : 150),
      bpm: 60 + (number % 100),
    };
    return number % 4 === 1 ? { ...reading, rrIntervalsMs: [600 + (number % 400), 512.5] } : reading;
  });
}

/** Appends a batch. @returns the sequence number of each reading, 0 for one that was there already */
export function appendVictimBatch(engine: ReadingEngine, batch: number): Float64Array {
  return appendSent(engine, victimReadings(batch));
}

/** A reading in one line, with everything that a store keeps of it. */
export function inWords({
  source,
  measuredAt,
  arrivedAt,
  bpm,
  rrIntervalsMs = [],
}: Omit<SentReading, "profile">): string {
  return [measuredAt, source, arrivedAt, bpm, ...rrIntervalsMs].join(" ");
}
