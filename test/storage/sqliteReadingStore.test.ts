import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { EpochMs, ProfileId } from "../../src/domain/reading.ts";
import {
  SqliteReadingStore,
  type SqliteReadingStoreOptions,
} from "../../src/storage/sqlite/sqliteReadingStore.ts";
import { throwAwayFolder } from "../support/server.ts";
import { erasingContract } from "./erasingContract.ts";
import { reading, readingStoreContract, type StoreUnderTest } from "./readingStoreContract.ts";

async function open(
  more: { readonly [Name in keyof SqliteReadingStoreOptions]?: SqliteReadingStoreOptions[Name] },
): Promise<StoreUnderTest> {
  const folder = throwAwayFolder();
  const options: SqliteReadingStoreOptions = {
    file: join(folder, "readings.db"),
    durability: "commit",
    walPagesMax: 1_000,
    cacheKibibytes: 2_048,
    freshReadingsMax: 100_000,
    freshAgeMsMax: 3_600_000,
    quietMs: 3_600_000,
    sealedHourReadingsMax: 40_000,
    waitingReadingsMax: 100_000,
    ...more,
  };
  let store = await SqliteReadingStore.open(options);
  return {
    get store() {
      return store;
    },
    async reopen() {
      await store.close();
      store = await SqliteReadingStore.open(options);
      return store;
    },
    async dispose() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

test("room that is free goes back to the file system also while readings come in all the time", async () => {
  const folder = throwAwayFolder();
  const file = join(folder, "readings.db");
  const { store, dispose } = await open({ file, freshReadingsMax: 1_000, durability: "relaxed" });
  const me = 1 as ProfileId;
  const batch = (from: number) => Array.from({ length: 1_000 }, (_, step) => reading(1, from + step, 70));
  for (let from = 0; from < 30_000; from += 1_000) await store.append(batch(from));
  await store.remove(me, { from: 0 as EpochMs, to: 1_000_000 as EpochMs });
  const database = new Database(file, { readonly: true });
  const pages = () => (database.query("PRAGMA page_count").get() as { page_count: number }).page_count;
  const before = pages();
  const until = performance.now() + 10_000;
  for (let from = 0; pages() > before - 8 && performance.now() < until; from++) {
    await store.append([reading(1, from, 70)]);
    await Bun.sleep(10);
  }
  expect(pages()).toBeLessThanOrEqual(before - 8);
  database.close();
  await dispose();
  rmSync(folder, { recursive: true, force: true });
});

readingStoreContract("SQLite", () => open({}));
erasingContract("SQLite", () => open({}));
erasingContract("SQLite that packs after every ten readings", () => open({ freshReadingsMax: 10 }));
erasingContract("SQLite that seals every hour at once", () => open({ freshReadingsMax: 10, quietMs: 0 }));
readingStoreContract("SQLite with relaxed durability", () => open({ durability: "relaxed" }));
// The same promises while readings move into packed hours all the time.
readingStoreContract("SQLite that packs after every ten readings", () => open({ freshReadingsMax: 10 }));
// And while hours are sealed as soon as they are packed.
readingStoreContract(
  "SQLite that seals every hour at once",
  () => open({ freshReadingsMax: 10, quietMs: 0 }),
  { packsAtAnyTime: true },
);
