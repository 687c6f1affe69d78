import { rmSync } from "node:fs";
import { join } from "node:path";
import {
  SqliteReadingStore,
  type SqliteReadingStoreOptions,
} from "../../src/storage/sqlite/sqliteReadingStore.ts";
import { throwAwayFolder } from "../support/server.ts";
import { readingStoreContract, type StoreUnderTest } from "./readingStoreContract.ts";

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

readingStoreContract("SQLite", () => open({}));
readingStoreContract("SQLite with relaxed durability", () => open({ durability: "relaxed" }));
// The same promises while readings move into packed hours all the time.
readingStoreContract("SQLite that packs after every ten readings", () => open({ freshReadingsMax: 10 }));
// And while hours are sealed as soon as they are packed.
readingStoreContract("SQLite that seals every hour at once", () =>
  open({ freshReadingsMax: 10, quietMs: 0 }),
);
