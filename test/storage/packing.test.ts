import { afterEach, describe, expect, test } from "bun:test";
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { ReadingEngineOptions } from "../../src/storage/sqlite/engineOptions.ts";
import { ReadingEngine } from "../../src/storage/sqlite/readingEngine.ts";
import { throwAwayFolder } from "../support/server.ts";

const HOUR = 3_600_000;
const NOON = Date.UTC(2024, 2, 1, 12);
const END_OF_TIME = Number.MAX_SAFE_INTEGER;
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function engineOptions(freshReadingsMax: number): ReadingEngineOptions {
  const folder = throwAwayFolder();
  folders.push(folder);
  return {
    file: join(folder, "readings.db"),
    durability: "relaxed",
    walPagesMax: 1_000,
    cacheKibibytes: 2_048,
    freshReadingsMax,
    freshAgeMsMax: 3_600_000,
    quietMs: 0,
    sealedHourReadingsMax: 40_000,
  };
}

function batchOf(
  ...rows: readonly (readonly [profile: number, source: number, time: number, bpm: number])[]
) {
  return Float64Array.from(
    rows.flatMap(([profile, source, time, bpm]) => [profile, source, time, time + 100, bpm]),
  );
}

function packAll(engine: ReadingEngine): void {
  while (engine.packing) engine.packStep();
}

/** What one turn of the model does. Few profiles and times, so that they meet often. */
const turn = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("append" as const),
      rows: fc.array(
        fc.tuple(
          fc.integer({ min: 1, max: 3 }),
          fc.integer({ min: 0, max: 1 }),
          fc.integer({ min: 0, max: 200 }).map((step) => NOON + step * 90_000),
          fc.integer({ min: 1, max: 65_535 }),
        ),
        { minLength: 1, maxLength: 12 },
      ),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("pack" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart" as const) }) },
);

describe("packing", () => {
  test("whatever is appended, packed and restarted in any order, the store holds each first reading once", () => {
    const runs = process.env.CI === "true" ? 300 : 60;
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 60 }), (turns) => {
        const options = engineOptions(20);
        let engine = new ReadingEngine(options);
        const model = new Map<string, number>();
        for (const next of turns) {
          if (next.kind === "pack") engine.packStep();
          if (next.kind === "restart") {
            engine.close();
            engine = new ReadingEngine(options);
          }
          if (next.kind !== "append") continue;
          const expected = next.rows.map(([profile, source, time, bpm]) => {
            const key = `${profile} ${source} ${time}`;
            if (model.has(key)) return false;
            model.set(key, bpm);
            return true;
          });
          const sequences = engine.append(batchOf(...next.rows));
          expect([...sequences].map((sequence) => sequence > 0)).toEqual(expected);
        }
        const found = [1, 2, 3].flatMap((profile) =>
          engine
            .read(profile, 0, END_OF_TIME, 10_000)
            .map(({ source, measuredAt, bpm }): [string, number] => [
              `${profile} ${source} ${measuredAt}`,
              bpm,
            ]),
        );
        expect(found).toHaveLength(model.size);
        expect(new Map(found)).toEqual(model);
        const { freshReadings, packedReadings } = engine.measure();
        expect(freshReadings + packedReadings).toBe(model.size);
        engine.close();
        return true;
      }),
      { numRuns: runs },
    );
  }, 120_000);

  test("a packed reading keeps its claimed time, arrival, heart rate and RR intervals", () => {
    const engine = new ReadingEngine(engineOptions(2));
    engine.append(Float64Array.from([1, 0, NOON, NOON - 5_000, 65_535]), new Map([[0, [812, 830.078125]]]));
    engine.append(batchOf([1, 0, 0, 1], [1, 0, 99_999_999_999_999, 200]));
    engine.append(batchOf([2, 0, NOON, 60]));
    packAll(engine);
    expect(engine.measure()).toMatchObject({ freshReadings: 1, packedReadings: 3 });
    const found = engine.read(1, 0, END_OF_TIME, 10).map(({ measuredAt, arrivedAt, bpm, rrIntervalsMs }) => ({
      measuredAt: Number(measuredAt),
      arrivedAt: Number(arrivedAt),
      bpm: Number(bpm),
      rrIntervalsMs,
    }));
    expect(found).toEqual([
      { measuredAt: 0, arrivedAt: 100, bpm: 1, rrIntervalsMs: undefined },
      { measuredAt: NOON, arrivedAt: NOON - 5_000, bpm: 65_535, rrIntervalsMs: [812, 830.078125] },
      { measuredAt: 99_999_999_999_999, arrivedAt: 100_000_000_000_099, bpm: 200, rrIntervalsMs: undefined },
    ]);
    engine.close();
  });

  test("the latest reading survives packing and a restart", () => {
    const options = engineOptions(4);
    let engine = new ReadingEngine(options);
    for (let index = 0; index < 12; index++) {
      engine.append(batchOf([1, 0, NOON + index * HOUR, 60 + index]));
      packAll(engine);
    }
    engine.close();
    engine = new ReadingEngine(options);
    expect(engine.latest(1)).toMatchObject({ measuredAt: NOON + 11 * HOUR, bpm: 71 });
    expect(engine.latest(2)).toBeUndefined();
    engine.close();
  });

  test("sequence numbers go on where they were after everything was packed and the store restarted", () => {
    const options = engineOptions(2);
    let engine = new ReadingEngine(options);
    engine.append(batchOf([1, 0, NOON, 60], [1, 0, NOON + 1, 61]));
    engine.append(batchOf([1, 0, NOON, 99]));
    packAll(engine);
    expect(engine.measure()).toMatchObject({ freshReadings: 0, packedReadings: 2 });
    engine.close();
    engine = new ReadingEngine(options);
    expect([...engine.append(batchOf([1, 0, NOON + 2, 62]))]).toEqual([3]);
    engine.close();
  });

  test("fresh readings never take more room than the limit twice over", () => {
    const engine = new ReadingEngine(engineOptions(100));
    for (let index = 0; index < 2_000; index++) {
      engine.append(batchOf([1 + (index % 50), 0, NOON + index, 60]));
      expect(engine.measure().freshReadings).toBeLessThanOrEqual(201);
    }
    expect(engine.measure().packedReadings).toBeGreaterThan(1_700);
    engine.close();
  });

  test("room that packing frees goes back to the file system", () => {
    const options = engineOptions(5_000);
    const engine = new ReadingEngine(options);
    for (let index = 0; index < 20_000; index += 100) {
      const rows = Array.from({ length: 100 }, (_, row) => [1, 0, NOON + (index + row) * 1_000, 70] as const);
      engine.append(batchOf(...rows));
    }
    engine.append(batchOf([1, 0, NOON - HOUR, 70]));
    packAll(engine);
    while (engine.returnFreePages(64));
    engine.close();
    expect(statSync(options.file).size / 20_001).toBeLessThan(15);
  });
});
