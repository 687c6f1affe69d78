import { join } from "node:path";
import {
  type Bpm,
  type EpochMs,
  type ProfileId,
  type Reading,
  WIRE_SOURCE,
} from "../../src/domain/reading.ts";
import { DEFAULT_LIMITS } from "../../src/settings/limits.ts";
import { ReadingEngine } from "../../src/storage/sqlite/readingEngine.ts";

export const STEADY_PROFILE = 1;

const HOUR_MS = 3_600_000;
const SPACING_MS = 1_000;

/** Hours that are over and wait to be sealed, beside the one that goes on. */
const OPEN_HOURS = 2;

/** A reading of somebody who sends one a second all the time. */
export function steadyReading(measuredAt: number): Reading {
  return {
    profile: STEADY_PROFILE as ProfileId,
    source: WIRE_SOURCE,
    measuredAt: measuredAt as EpochMs,
    arrivedAt: (measuredAt + 25) as EpochMs,
    bpm: (70 + Math.round(20 * Math.sin(measuredAt / 600_000))) as Bpm,
  };
}

/**
 * Fills a data folder with a reading a second until now. All hours are sealed but for the last ones: those are in parts.
 *
 * @returns how many readings there are
 */
export function fillSteady(folder: string, hours: number): number {
  const now = Date.now();
  const openFrom = (Math.floor(now / HOUR_MS) - OPEN_HOURS) * HOUR_MS;
  const engine = new ReadingEngine({
    file: join(folder, "readings.db"),
    durability: "relaxed",
    walPagesMax: DEFAULT_LIMITS.walPagesMax,
    cacheKibibytes: DEFAULT_LIMITS.pageCacheKibibytes,
    freshReadingsMax: DEFAULT_LIMITS.freshReadingsMax,
    freshAgeMsMax: 0,
    quietMs: 0,
    sealedHourReadingsMax: DEFAULT_LIMITS.sealedHourReadingsMax,
  });
  let readings = 0;
  for (let hour = now - hours * HOUR_MS; hour < now; hour += HOUR_MS) {
    const rows: number[] = [];
    for (let at = hour; at < Math.min(now, hour + HOUR_MS); at += SPACING_MS) {
      const { profile, source, measuredAt, arrivedAt, bpm } = steadyReading(at);
      rows.push(profile, source, measuredAt, arrivedAt, bpm);
      readings++;
    }
    engine.append(Float64Array.from(rows));
    engine.packOld();
    while (engine.packing) engine.packStep();
    if (hour + HOUR_MS <= openFrom) while (engine.sealStep());
  }
  engine.close();
  return readings;
}
