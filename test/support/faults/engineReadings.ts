import { COLUMNS } from "../../../src/storage/sqlite/freshIndex.ts";

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

const BATCH_READINGS = 25;
const FIRST_CLAIMED = Date.UTC(2024, 0, 1);
const SPACING_MS = 40_000;

/** By how much every ninth reading's clock is ahead: its claimed time is in another hour than its effective one. */
const AHEAD_MS = 5_000_000;

/** The readings of one append, the same in every process: every profile, several hours, every fifth one late. */
export function victimBatch(batch: number): Float64Array {
  const readings = new Float64Array(BATCH_READINGS * COLUMNS);
  for (let place = 0; place < BATCH_READINGS; place++) {
    const number = batch * BATCH_READINGS + place;
    const step = Math.floor(number / VICTIM_PROFILES);
    const measuredAt = FIRST_CLAIMED + (number % 5 === 0 ? -1 - step : step) * SPACING_MS;
    const arrivedAt = measuredAt + (number % 9 === 4 ? -AHEAD_MS : 150);
    readings.set(
      [1 + (number % VICTIM_PROFILES), 0, measuredAt, arrivedAt, 60 + (number % 100)],
      place * COLUMNS,
    );
  }
  return readings;
}
