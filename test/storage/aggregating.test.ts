import { Database } from "bun:sqlite";
import { afterEach, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import fc from "fast-check";
import type { EpochMs, ProfileId } from "../../src/domain/reading.ts";
import { AnswersInSteps } from "../../src/storage/sqlite/answersInSteps.ts";
import type { ReadingEngineOptions } from "../../src/storage/sqlite/engineOptions.ts";
import { HourGrid } from "../../src/storage/sqlite/hourGrid.ts";
import { HourList } from "../../src/storage/sqlite/hourList.ts";
import { ReadingEngine } from "../../src/storage/sqlite/readingEngine.ts";
import { SqliteReadingStore } from "../../src/storage/sqlite/sqliteReadingStore.ts";
import { throwAwayFolder } from "../support/server.ts";
import { engineOptionsIn } from "../support/storage/engineOptions.ts";
import { sumsOf } from "../support/storage/sumsOf.ts";
import { reading } from "./readingStoreContract.ts";

const HOUR = 3_600_000;
const NOON = Date.UTC(2024, 2, 1, 12);
const END_OF_TIME = Number.MAX_SAFE_INTEGER;
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function engineOptions(more: Partial<ReadingEngineOptions> = {}): ReadingEngineOptions {
  const folder = throwAwayFolder();
  folders.push(folder);
  return engineOptionsIn(folder, { freshReadingsMax: 1_000, sealedHourReadingsMax: 10, ...more });
}

/** Appends readings of one second each and packs them, as one part. */
function appendPart(engine: ReadingEngine, from: number, count: number, bpm: number): void {
  const rows = Array.from({ length: count }, (_, step) => {
    const at = from + step * 1_000;
    return [1, 0, at, at, bpm];
  });
  engine.append(Float64Array.from(rows.flat()));
  pack(engine);
}

function pack(engine: ReadingEngine): void {
  engine.packOld();
  while (engine.packing) engine.packStep();
}

const every = (count: number) => Array.from({ length: count }, (_, step) => step);

function damageParts(file: string): void {
  const database = new Database(file);
  database.run("UPDATE packed_hour SET packed = x'09'");
  database.close();
}

describe("statistics of very many readings", () => {
  test("an hour with too many to be sealed is reckoned part by part, and once", () => {
    const options = engineOptions();
    const engine = new ReadingEngine(options);
    for (let part = 0; part < 5; part++) appendPart(engine, NOON + part * 10_000, 10, 60 + part);
    while (engine.sealStep());
    expect(engine.measure()).toMatchObject({ packedReadings: 50, sealedReadings: 0 });
    let steps = 0;
    const sums = sumsOf(engine, 1, 0, END_OF_TIME, () => steps++);
    expect(sums).toMatchObject([{ readings: 50, lowest: 60, highest: 64, coveredMs: 49_000 }]);
    expect(steps).toBeGreaterThanOrEqual(5);

    damageParts(options.file);
    expect(sumsOf(engine, 1, 0, END_OF_TIME)).toEqual(sums);
    appendPart(engine, NOON + 50_000, 1, 70);
    expect(() => sumsOf(engine, 1, 0, END_OF_TIME)).toThrow("unknown form");
    engine.close();
  });

  test("an hour that was known is reckoned anew when a reading in it is added, corrected or deleted", () => {
    const engine = new ReadingEngine(engineOptions());
    const sums = () => sumsOf(engine, 1, 0, END_OF_TIME)[0];
    appendPart(engine, NOON, 20, 60);
    expect(sums()).toMatchObject({ readings: 20, highest: 60 });
    appendPart(engine, NOON + 30_000, 1, 70);
    expect(sums()).toMatchObject({ readings: 21, highest: 70 });
    engine.correct(1, [{ source: 0 as never, measuredAt: NOON as EpochMs, bpm: 80 as never }]);
    expect(sums()).toMatchObject({ readings: 21, highest: 80 });
    engine.remove(1, NOON, NOON);
    expect(sums()).toMatchObject({ readings: 20, highest: 70 });
    engine.close();
  });

  test("a reading that is packed while its hour is reckoned counts once", () => {
    const engine = new ReadingEngine(engineOptions());
    for (let part = 0; part < 3; part++) appendPart(engine, NOON + part * 10_000, 10, 60);
    const fresh = Array.from({ length: 10 }, (_, step) => [1, 0, NOON + HOUR / 2 + step, NOON + HOUR, 60]);
    engine.append(Float64Array.from(fresh.flat()));
    expect(sumsOf(engine, 1, 0, END_OF_TIME, () => pack(engine))).toMatchObject([{ readings: 40 }]);
    expect(engine.measure()).toMatchObject({ freshReadings: 0, packedReadings: 40 });
    engine.close();
  });

  test("a reading that is sealed or deleted while its hour is reckoned is neither left out nor counted", () => {
    const engine = new ReadingEngine(engineOptions());
    for (let part = 0; part < 3; part++) appendPart(engine, NOON + part * 10_000, 10, 60);
    const ahead = every(5).map((step) => [1, 0, NOON + 3 * HOUR + step, NOON + 60_000 + step, 60]);
    engine.append(Float64Array.from(ahead.flat()));
    pack(engine);
    const sealAll = () => {
      while (engine.sealStep());
    };
    expect(sumsOf(engine, 1, 0, END_OF_TIME, sealAll)).toMatchObject([{ readings: 35 }]);
    expect(engine.measure()).toMatchObject({ packedReadings: 30, sealedReadings: 5 });

    appendPart(engine, NOON + 40_000, 1, 60);
    expect(sumsOf(engine, 1, 0, END_OF_TIME, () => engine.remove(1, 0, END_OF_TIME))).toEqual([]);
    engine.close();
  });

  test("a part holds so few readings that one step over it is short", () => {
    const engine = new ReadingEngine(engineOptions({ freshReadingsMax: 40_000 }));
    const rows = Array.from({ length: 40_000 }, (_, step) => [1, 0, NOON + ((step * 7) % 40_000), NOON, 60]);
    engine.append(Float64Array.from(rows.flat()));
    pack(engine);
    let steps = 0;
    expect(sumsOf(engine, 1, 0, END_OF_TIME, () => steps++)).toMatchObject([{ readings: 40_000 }]);
    expect(steps).toBeGreaterThanOrEqual(3);
    expect([...engine.append(Float64Array.from(rows.slice(0, 100).flat()))]).toEqual(Array(100).fill(0));
    engine.close();
  });

  test("do not hold up the writes", async () => {
    const options = engineOptions({ freshReadingsMax: 50_000 });
    const engine = new ReadingEngine(options);
    for (let from = 0; from < 400_000; from += 50_000) {
      const rows = Float64Array.from({ length: 250_000 }, (_, cell) => {
        const at = NOON + from + Math.floor(cell / 5);
        return [1, 0, at, at, 60][cell % 5] as number;
      });
      engine.append(rows);
      while (engine.packing) engine.packStep();
    }
    engine.close();
    const store = await SqliteReadingStore.open({ ...options, waitingReadingsMax: 1_000 });
    // The last reading is left out, so that the hour's sums are not kept; a busy machine may need another round.
    const range = { from: 0 as EpochMs, to: (NOON + 399_998) as EpochMs };
    let answered: string[] = [];
    for (let round = 0; round < 20 && answered.at(-1) !== "many"; round++) {
      answered = [];
      await Promise.all([
        store.aggregate(1 as ProfileId, range).then(([hour]) => {
          answered.push("many");
          expect(hour?.readings).toBe(399_999);
        }),
        store.aggregate(2 as ProfileId, range).then(() => answered.push("few")),
        store.append([reading(2, NOON + round, 72)]).then(() => answered.push("write")),
      ]);
    }
    expect(answered).toHaveLength(3);
    expect(answered.at(-1)).toBe("many");
    await store.close();
  });

  test("a store that closes does not wait behind questions", async () => {
    const options = engineOptions({ freshReadingsMax: 400_000 });
    const engine = new ReadingEngine(options);
    const rows = Float64Array.from({ length: 1_000_000 }, (_, cell) => {
      const at = NOON + Math.floor(cell / 5);
      return [1, 0, at, at, 60][cell % 5] as number;
    });
    engine.append(rows);
    engine.close();
    const store = await SqliteReadingStore.open({ ...options, waitingReadingsMax: 1_000 });
    // Each leaves out other readings, so that the hour's sums are not kept.
    const asked = Array.from({ length: 250 }, (_, place) =>
      store
        .aggregate(1 as ProfileId, { from: 0 as EpochMs, to: (NOON + 199_000 - place) as EpochMs })
        .then(() => "answered")
        .catch(({ message }) => message),
    );
    await store.close();
    const ends = await Promise.all(asked);
    expect(ends.filter((end) => end === "the store is closed").length).toBeGreaterThan(200);
  });

  test("a store that is closed refuses what it was reckoning", async () => {
    const refused: unknown[] = [];
    const answers = new AnswersInSteps<number>();
    const forever = function* (): Generator<void, number> {
      for (;;) yield;
    };
    answers.add({ steps: forever(), answer: () => {}, fail: (error) => refused.push(error) });
    answers.work(0);
    const reason = new Error("closed");
    answers.refuse(reason);
    expect(refused).toEqual([reason]);
    expect(answers.isEmpty).toBe(true);
  });
});

describe("the sum of an hour", () => {
  test("is the same in a grid as in a list, also of readings with one effective time", () => {
    const one = fc.record({
      offset: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: HOUR - 1 })),
      bpm: fc.integer({ min: 1, max: 65_535 }),
      source: fc.integer({ min: 0, max: 2 }),
      aheadMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 9e13 })),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 60 }), (readings) => {
        const hour = NOON / HOUR;
        const [grid, list] = [new HourGrid(hour), new HourList()];
        const seen = new Set<string>();
        for (const { offset, bpm, source, aheadMs } of readings) {
          const identity = `${source} ${offset + aheadMs}`;
          if (seen.has(identity)) continue;
          seen.add(identity);
          for (const sum of [grid, list]) sum.add(NOON + offset, bpm, source, NOON + offset + aheadMs);
        }
        expect(grid.aggregate).toEqual(list.aggregate);
      }),
    );
  });
});
