import { join } from "node:path";
import type { Reading } from "../src/domain/reading.ts";
import { DEFAULT_LIMITS } from "../src/settings/limits.ts";
import type { ReadingStore } from "../src/storage/readingStore.ts";
import { SqliteReadingStore } from "../src/storage/sqlite/sqliteReadingStore.ts";

/** Opens the readings of a data folder as the server does, with its default limits. */
export function openOwnStore(folder: string): Promise<ReadingStore> {
  return SqliteReadingStore.open({
    file: join(folder, "readings.db"),
    durability: "commit",
    walPagesMax: DEFAULT_LIMITS.walPagesMax,
    cacheKibibytes: DEFAULT_LIMITS.pageCacheKibibytes,
    freshReadingsMax: DEFAULT_LIMITS.freshReadingsMax,
    freshAgeMsMax: DEFAULT_LIMITS.freshSecondsMax * 1_000,
    quietMs: DEFAULT_LIMITS.hourQuietSeconds * 1_000,
    sealedHourReadingsMax: DEFAULT_LIMITS.sealedHourReadingsMax,
    waitingReadingsMax: DEFAULT_LIMITS.waitingReadingsMax,
  });
}

/** Writes readings through the store's own append, as the server's write path does. */
export async function fillOwnStore(folder: string, batches: Iterable<readonly Reading[]>): Promise<void> {
  const store = await openOwnStore(folder);
  for (const batch of batches) await store.append(batch);
  await store.close();
}

/** How many readings a data folder holds, asked of a store that was opened anew. */
export async function countOwnReadings(folder: string): Promise<number> {
  const store = await openOwnStore(folder);
  const { freshReadings, packedReadings, sealedReadings } = await store.measure();
  await store.close();
  return freshReadings + packedReadings + sealedReadings;
}
