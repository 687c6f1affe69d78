import { join } from "node:path";
import type { ReadingEngineOptions } from "../../../src/storage/sqlite/engineOptions.ts";

/** How an engine is opened in a folder of a test: small, without fsync, and whatever is appended may be packed and sealed at once. */
export function engineOptionsIn(
  folder: string,
  more: Partial<ReadingEngineOptions> = {},
): ReadingEngineOptions {
  return {
    file: join(folder, "readings.db"),
    durability: "relaxed",
    walPagesMax: 1_000,
    cacheKibibytes: 2_048,
    freshReadingsMax: 10_000,
    freshAgeMsMax: 0,
    quietMs: 0,
    sealedHourReadingsMax: 40_000,
    ...more,
  };
}
