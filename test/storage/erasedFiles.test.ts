import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { ProfileId } from "../../src/domain/reading.ts";
import { Arrivals } from "../../src/storage/sqlite/arrivals.ts";
import { SqliteReadingStore } from "../../src/storage/sqlite/sqliteReadingStore.ts";
import { throwAwayFolder } from "../support/server.ts";
import { appendMixed, mixedReadings } from "./erasingContract.ts";

const [ADA, BEN] = [1 as ProfileId, 2 as ProfileId];

const OPTIONS = {
  durability: "relaxed",
  walPagesMax: 1_000,
  cacheKibibytes: 2_048,
  freshReadingsMax: 100_000,
  freshAgeMsMax: 3_600_000,
  quietMs: 3_600_000,
  sealedHourReadingsMax: 40_000,
  waitingReadingsMax: 100_000,
} as const;

/** Shorter pieces may be others' by chance. */
const TELLING_BYTES = 16;

/** What readings.db holds of Ada alone, piece by piece, as it lies in the file. */
function piecesOfAda(file: string): readonly Buffer[] {
  using database = new Database(file, { readonly: true });
  const rows = [
    ...database.query("SELECT packed FROM packed_hour WHERE profile = 1").all(),
    ...database
      .query(
        "SELECT packed FROM sealed_readings WHERE id / 1024 IN (SELECT id FROM sealed_hour WHERE profile = 1)",
      )
      .all(),
  ] as { readonly packed: Uint8Array }[];
  return rows.map(({ packed }) => Buffer.from(packed)).filter(({ length }) => length >= TELLING_BYTES);
}

/** Batches in which Ada's readings are, as they lie in the file: hers and those of whoever wrote with her. */
function batchesOfAda(file: string): readonly Buffer[] {
  using database = new Database(file, { readonly: true });
  const own = new Set(
    [...new Arrivals(database).all()]
      .filter(({ profile }) => profile === ADA)
      .map(({ sequence }) => sequence),
  );
  const rows = database.query("SELECT * FROM arrival").all() as {
    readonly first_sequence: number;
    readonly readings: number;
    readonly packed: Uint8Array;
  }[];
  return rows
    .filter(({ first_sequence: first, readings }) =>
      Array.from({ length: readings }, (_, place) => first + place).some((sequence) => own.has(sequence)),
    )
    .map(({ packed }) => Buffer.from(packed));
}

test.each([
  ["fresh", {}],
  ["packed", { freshReadingsMax: 100 }],
  ["sealed", { freshReadingsMax: 100, quietMs: 0 }],
] as const)(
  "readings that are %s leave no byte in the files when their person is erased",
  async (_, more) => {
    const folder = throwAwayFolder();
    const file = join(folder, "readings.db");
    const store = await SqliteReadingStore.open({ ...OPTIONS, file, ...more });
    await appendMixed(store, mixedReadings(2_000));
    const pieces = [...batchesOfAda(file)];
    for (;;) {
      pieces.push(...piecesOfAda(file), ...batchesOfAda(file));
      const { freshReadings, packedReadings } = await store.measure();
      if (!("freshReadingsMax" in more)) break;
      if (freshReadings <= 200 && (!("quietMs" in more) || packedReadings <= 200)) break;
      await Bun.sleep(5);
    }
    expect(pieces.length).toBeGreaterThan(10);
    await store.erase(ADA);
    const bytes = Buffer.concat([file, `${file}-wal`].map((name) => readFileSync(name)));
    expect(pieces.filter((piece) => bytes.includes(piece))).toEqual([]);
    const database = new Database(file, { readonly: true });
    const { length } = [...new Arrivals(database).all()].filter(({ profile }) => profile === ADA);
    expect(length).toBe(0);
    for (const table of ["packed_hour", "sealed_hour", "ahead", "profile"]) {
      expect(database.query(`SELECT * FROM ${table} WHERE profile = 1`).all()).toEqual([]);
    }
    database.close();
    const everything = { from: 0, to: Number.MAX_SAFE_INTEGER } as never;
    expect(await store.read(BEN, everything, 10_000)).toHaveLength(1_000);
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  },
);

test("somebody whose hours are damaged can be erased too", async () => {
  const folder = throwAwayFolder();
  const file = join(folder, "readings.db");
  const options = { ...OPTIONS, file, freshReadingsMax: 100 };
  const first = await SqliteReadingStore.open(options);
  await appendMixed(first, mixedReadings(1_000));
  while ((await first.measure()).packedReadings < 500) await Bun.sleep(5);
  await first.close();
  const database = new Database(file);
  database.run("UPDATE packed_hour SET packed = x'ffff' WHERE profile = 1");
  database.close();
  const store = await SqliteReadingStore.open(options);
  await store.erase(ADA);
  const everything = { from: 0, to: Number.MAX_SAFE_INTEGER } as never;
  expect(await store.read(ADA, everything, 10)).toEqual([]);
  expect(await store.read(BEN, everything, 1_000)).toHaveLength(500);
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});
