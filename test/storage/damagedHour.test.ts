import { Database } from "bun:sqlite";
import { afterEach, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { EpochMs, ProfileId } from "../../src/domain/reading.ts";
import { ReadingEngine } from "../../src/storage/sqlite/readingEngine.ts";
import {
  SqliteReadingStore,
  type SqliteReadingStoreOptions,
} from "../../src/storage/sqlite/sqliteReadingStore.ts";
import { throwAwayFolder } from "../support/server.ts";
import { reading } from "./readingStoreContract.ts";

const NOON = Date.UTC(2024, 2, 1, 12);
const EVERYTHING = { from: 0 as EpochMs, to: Number.MAX_SAFE_INTEGER as EpochMs };
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A store in which the hour after noon of user 1 cannot be read: it is sealed, or in a part. */
async function openDamaged(where: "sealed_readings" | "packed_hour"): Promise<SqliteReadingStore> {
  const folder = throwAwayFolder();
  folders.push(folder);
  const options: SqliteReadingStoreOptions = {
    file: join(folder, "readings.db"),
    durability: "commit",
    walPagesMax: 1_000,
    cacheKibibytes: 2_048,
    freshReadingsMax: 100_000,
    freshAgeMsMax: 0,
    quietMs: where === "sealed_readings" ? 0 : 3_600_000,
    sealedHourReadingsMax: 40_000,
    waitingReadingsMax: 100_000,
  };
  const engine = new ReadingEngine(options);
  engine.append(Float64Array.from([1, 0, NOON, NOON, 70, 1, 0, NOON + 60_000, NOON + 60_000, 71]));
  engine.packOld();
  while (engine.packing) engine.packStep();
  while (engine.sealStep());
  engine.close();
  const database = new Database(options.file);
  expect(database.run(`UPDATE ${where} SET packed = x'09'`).changes).toBe(1);
  database.close();
  // What is fresh stays so, however long ago it arrived.
  return SqliteReadingStore.open({ ...options, freshAgeMsMax: Number.MAX_SAFE_INTEGER });
}

describe("a damaged hour", () => {
  for (const where of ["sealed_readings", "packed_hour"] as const) {
    test(`in ${where} refuses what is sent into it, and nothing that others send at the same moment`, async () => {
      const store = await openDamaged(where);
      const late = () => store.append([reading(1, NOON + 70_000, 90), reading(1, NOON + 30_000, 80)]);
      const appends = [
        store.append([reading(2, NOON, 60), reading(2, NOON + 1, 61)]),
        late(),
        store.append([reading(3, NOON, 62)]),
        late(),
        store.append([reading(1, NOON + 80_000, 91)]),
      ];
      const results = await Promise.allSettled(appends);
      expect(results.map(({ status }) => status)).toEqual([
        "fulfilled",
        "rejected",
        "fulfilled",
        "rejected",
        "fulfilled",
      ]);
      expect((results[1] as PromiseRejectedResult).reason.message).toContain("unknown form");
      const sequences = results.flatMap((result) =>
        result.status === "fulfilled" ? result.value.map(({ sequence }) => sequence) : [],
      );
      expect(sequences).toEqual([3, 4, 5, 6]);
      for (const [profile, count] of [
        [2, 2],
        [3, 1],
      ] as const) {
        expect(await store.read(profile as ProfileId, EVERYTHING, 10)).toHaveLength(count);
      }
      // Nothing of an append that was refused is there.
      const after = { from: (NOON + 3_600_000) as EpochMs, to: EVERYTHING.to };
      expect(await store.append([reading(1, NOON + 70_000_000, 92)])).toMatchObject([{ isNew: true }]);
      expect(await store.read(1 as ProfileId, after, 10)).toHaveLength(1);
      expect((await store.latest(1 as ProfileId))?.measuredAt).toBe((NOON + 70_000_000) as EpochMs);
      expect((await store.measure()).freshReadings).toBe(5);
      await store.close();
    });
  }

  test("in the way of every append of a commit refuses them all", async () => {
    const store = await openDamaged("sealed_readings");
    const late = Array.from({ length: 5 }, (_, step) => store.append([reading(1, NOON + step, 80)]));
    const results = await Promise.allSettled(late);
    expect(results.every(({ status }) => status === "rejected")).toBe(true);
    expect(await store.append([reading(2, NOON, 60)])).toMatchObject([{ isNew: true }]);
    await store.close();
  });
});
