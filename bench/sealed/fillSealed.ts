import { join } from "node:path";
import { DEFAULT_LIMITS } from "../../src/settings/limits.ts";
import { ReadingEngine } from "../../src/storage/sqlite/readingEngine.ts";
import { progress } from "../workspace.ts";
import { type Disturbance, shiftedRecordings } from "./shiftedRecordings.ts";

/** Progress is told this often. */
const TOLD_READINGS = 5_000_000;

const RETURNED_PAGES = 10_000;

/** What a filled store holds, and how long the parts of the work took. */
export interface Filled {
  readonly readings: number;
  readonly sealedHours: number;
  readonly appendSeconds: number;
  readonly sealSeconds: number;
}

/**
 * Fills a data folder through the engine that the server's thread uses: appends, packs and seals every hour, and gives
 * freed pages back.
 */
export function fillSealed(folder: string, total: number, disturbance: Disturbance): Filled {
  const now = Date.now();
  const engine = new ReadingEngine({
    file: join(folder, "readings.db"),
    durability: "relaxed",
    walPagesMax: DEFAULT_LIMITS.walPagesMax,
    cacheKibibytes: DEFAULT_LIMITS.pageCacheKibibytes,
    freshReadingsMax: DEFAULT_LIMITS.freshReadingsMax,
    freshAgeMsMax: 0,
    quietMs: 0,
    sealedHourReadingsMax: DEFAULT_LIMITS.sealedHourReadingsMax,
    clock: () => now,
  });
  let sealedHours = 0;
  let sealMs = 0;
  const seal = () => {
    const waiting = engine.measure().unsealedHours;
    const startedAt = performance.now();
    while (engine.sealStep());
    sealedHours += waiting - engine.measure().unsealedHours;
    sealMs += performance.now() - startedAt;
  };
  const startedAt = performance.now();
  let sent = 0;
  for (const { batch, readings } of shiftedRecordings(total, now, disturbance)) {
    engine.append(batch);
    if (Math.floor((sent + readings) / TOLD_READINGS) > Math.floor(sent / TOLD_READINGS)) {
      progress(`${sent + readings} readings written`);
    }
    sent += readings;
    if (engine.packing) {
      while (engine.packing) engine.packStep();
      seal();
    }
  }
  while (engine.packing) engine.packStep();
  engine.packOld();
  while (engine.packing) engine.packStep();
  seal();
  const tookMs = performance.now() - startedAt;
  while (engine.returnFreePages(RETURNED_PAGES));
  const { sealedReadings } = engine.measure();
  engine.close();
  return {
    readings: sealedReadings,
    sealedHours,
    appendSeconds: (tookMs - sealMs) / 1000,
    sealSeconds: sealMs / 1000,
  };
}
