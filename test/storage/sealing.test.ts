import { Database } from "bun:sqlite";
import { afterEach, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import fc from "fast-check";
import type { Bpm, EpochMs, SourceId } from "../../src/domain/reading.ts";
import { statisticsOf } from "../../src/domain/statistics.ts";
import type { ReadingEngineOptions } from "../../src/storage/sqlite/engineOptions.ts";
import { ReadingEngine } from "../../src/storage/sqlite/readingEngine.ts";
import { byTime, keptReadings, recordingNamed } from "../support/recordings.ts";
import { throwAwayFolder } from "../support/server.ts";
import { appendSent } from "../support/storage/appendSent.ts";
import { engineOptionsIn } from "../support/storage/engineOptions.ts";
import { sumsOf } from "../support/storage/sumsOf.ts";
import { StoreModel } from "../support/storeModel.ts";

const HOUR = 3_600_000;
const NOON = Date.UTC(2024, 2, 1, 12);
const QUIET = 900_000;
const END_OF_TIME = Number.MAX_SAFE_INTEGER;
const PROFILES = [1, 2];
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function engineOptions(more: Partial<ReadingEngineOptions> = {}): ReadingEngineOptions {
  const folder = throwAwayFolder();
  folders.push(folder);
  return engineOptionsIn(folder, { freshReadingsMax: 20, freshAgeMsMax: 1_800_000, quietMs: QUIET, ...more });
}

function appendRecording(engine: ReadingEngine, name: string, profile: number): number {
  const kept = byTime(keptReadings(recordingNamed(name)));
  for (let from = 0; from < kept.length; from += 100) {
    const rows = kept
      .slice(from, from + 100)
      .flatMap(({ measuredAt, bpm }) => [profile, 0, measuredAt, measuredAt + 80, bpm]);
    engine.append(Float64Array.from(rows));
  }
  return kept.length;
}

function packAll(engine: ReadingEngine): void {
  while (engine.packing) engine.packStep();
  engine.packOld();
  while (engine.packing) engine.packStep();
}

function sealAll(engine: ReadingEngine): void {
  packAll(engine);
  while (engine.sealStep());
}

/** What one turn of the model does. Few profiles and times, so that they meet often; clocks go wrong in both ways. */
const time = fc.integer({ min: 0, max: 300 }).map((step) => NOON + step * 29_000);
const profile = fc.constantFrom(...PROFILES);
const source = fc.integer({ min: 0, max: 1 });
const bpm = fc.integer({ min: 1, max: 65_535 });
/** As Bluetooth counts them, in 1/1024 s. */
const intervals = fc.option(
  fc.array(
    fc.integer({ min: 1, max: 65_535 }).map((raw) => (raw * 1000) / 1024),
    { maxLength: 3 },
  ),
  { nil: undefined },
);
const lateness = fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: -3 * HOUR, max: 3 * HOUR }));
const limit = fc.constantFrom(5, 40_000);
const kind = <const Kind extends string>(name: Kind) => fc.record({ kind: fc.constant(name) });
const turn = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("append" as const),
      rows: fc.array(fc.tuple(profile, source, time, lateness, bpm, intervals), {
        minLength: 1,
        maxLength: 12,
      }),
    }),
  },
  { weight: 3, arbitrary: kind("pack step") },
  { weight: 1, arbitrary: kind("pack old") },
  { weight: 3, arbitrary: kind("seal step") },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("remove" as const),
      profile,
      from: time,
      lengthMs: fc.constantFrom(0, 60_000, 2 * HOUR),
      source: fc.option(source, { nil: undefined }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("correct" as const),
      profile,
      source,
      at: time,
      bpm,
      intervals,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("ask" as const), profile, span: fc.tuple(time, time) }),
  },
  { weight: 1, arbitrary: kind("restart") },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("time passes" as const),
      ms: fc.integer({ min: 0, max: HOUR }),
    }),
  },
);

describe("sealing", () => {
  test("whatever is appended, packed, sealed, corrected, deleted and restarted, the store answers as a plain list would", () => {
    const runs = process.env.CI === "true" ? 400 : 80;
    fc.assert(
      fc.property(
        fc.array(turn, { maxLength: 80 }),
        fc.tuple(time, time),
        limit,
        (turns, [from, to], max) => {
          let now = NOON + 3 * HOUR;
          const options = engineOptions({ clock: () => now, sealedHourReadingsMax: max });
          let engine = new ReadingEngine(options);
          const model = new StoreModel();
          for (const next of turns) {
            switch (next.kind) {
              case "append": {
                const sent = next.rows.map(([profile, source, measuredAt, late, bpm, rrIntervalsMs]) => ({
                  ...{ profile, source, measuredAt, arrivedAt: measuredAt + late, bpm },
                  ...(rrIntervalsMs === undefined ? {} : { rrIntervalsMs }),
                }));
                const news = sent.map((reading) => model.append(reading));
                const sequences = appendSent(engine, sent);
                expect([...sequences].map((sequence) => sequence > 0)).toEqual(news);
                break;
              }
              case "pack step":
                engine.packStep();
                break;
              case "pack old":
                engine.packOld();
                break;
              case "seal step":
                engine.sealStep();
                break;
              case "remove": {
                const until = next.from + next.lengthMs;
                const expected = model.remove(next.profile, next.from, until, next.source);
                expect(engine.remove(next.profile, next.from, until, next.source)).toBe(expected);
                break;
              }
              case "correct": {
                const corrected = {
                  bpm: next.bpm as Bpm,
                  ...(next.intervals === undefined ? {} : { rrIntervalsMs: next.intervals }),
                };
                const expected = model.correct(next.profile, next.source, next.at, corrected);
                const correction = {
                  source: next.source as SourceId,
                  measuredAt: next.at as EpochMs,
                  ...corrected,
                };
                expect(engine.correct(next.profile, [correction])).toBe(expected);
                break;
              }
              case "ask": {
                const [first, last] = next.span.toSorted((a, b) => a - b) as [number, number];
                for (const [from, to] of [
                  [0, END_OF_TIME],
                  [first, last],
                ] as const) {
                  const hours = sumsOf(engine, next.profile, from, to);
                  expect(statisticsOf(hours, {})).toEqual(model.statistics(next.profile, from, to, {}));
                }
                break;
              }
              case "restart":
                engine.close();
                engine = new ReadingEngine(options);
                break;
              case "time passes":
                now += next.ms;
            }
          }
          const expectAll = () => {
            for (const profile of PROFILES) {
              const found = engine
                .read(profile, 0, END_OF_TIME, 10_000)
                .map(({ sequence: _, ...reading }) => reading);
              expect(found as object[]).toEqual([...model.of(profile)]);
              const [start, end] = [Math.min(from, to), Math.max(from, to)];
              for (const [first, last] of [
                [0, END_OF_TIME],
                [start, end],
              ] as const) {
                // What is reckoned is packed and sealed meanwhile.
                const hours = sumsOf(engine, profile, first, last, () => {
                  engine.packStep();
                  engine.sealStep();
                });
                expect(statisticsOf(hours, {})).toEqual(model.statistics(profile, first, last, {}));
              }
              const latest = engine.latest(profile);
              const latestAt =
                latest === undefined ? undefined : Math.min(latest.measuredAt, latest.arrivedAt);
              expect(latestAt).toBe(model.latestAt(profile));
            }
            const { freshReadings, packedReadings, sealedReadings } = engine.measure();
            expect(freshReadings + packedReadings + sealedReadings).toBe(model.size);
          };
          expectAll();
          now += 24 * HOUR;
          packAll(engine);
          now += 24 * HOUR;
          sealAll(engine);
          expectAll();
          expect(engine.measure()).toMatchObject({ freshReadings: 0, unsealedHours: 0, sealingErrors: 0 });
          // Only hours that are too large are left in parts.
          if (max > model.size) expect(engine.measure().packedReadings).toBe(0);
          engine.close();
          engine = new ReadingEngine(options);
          expectAll();
          engine.close();
        },
      ),
      { numRuns: runs, includeErrorInReport: true },
    );
  }, 300_000);

  test("an hour is sealed when it is over and nothing was added to it for a quarter of an hour", () => {
    let now = NOON + HOUR - 60_000;
    const engine = new ReadingEngine(engineOptions({ clock: () => now }));
    engine.append(Float64Array.from([1, 0, NOON + 1, NOON + 2, 70]));
    now += 30 * 60_000;
    packAll(engine);
    expect(engine.sealStep()).toBe(false);
    now += QUIET - 1;
    expect(engine.sealStep()).toBe(false);
    now += 1;
    expect(engine.sealStep()).toBe(true);
    expect(engine.measure()).toMatchObject({ packedReadings: 0, sealedReadings: 1, unsealedHours: 0 });
    engine.close();
  });

  test("the hour that goes on is not sealed, however quiet it is", () => {
    let now = NOON;
    const engine = new ReadingEngine(engineOptions({ clock: () => now, freshAgeMsMax: 0 }));
    engine.append(Float64Array.from([1, 0, NOON, NOON, 70]));
    packAll(engine);
    now += 59 * 60_000;
    expect(engine.sealStep()).toBe(false);
    now += 60_000;
    expect(engine.sealStep()).toBe(true);
    engine.close();
  });

  test("few readings are packed too, once they are half an hour old", () => {
    let now = NOON;
    const engine = new ReadingEngine(engineOptions({ clock: () => now }));
    engine.append(Float64Array.from([1, 0, NOON, NOON, 70]));
    now += 1_800_000 - 1;
    engine.packOld();
    expect(engine.packing).toBe(false);
    now += 1;
    packAll(engine);
    expect(engine.measure()).toMatchObject({ freshReadings: 0, packedReadings: 1 });
    engine.close();
  });

  test("an hour with as many readings as the limit is sealed, one with one more stays as it is, late ones included", () => {
    const options = engineOptions({ quietMs: 0, freshAgeMsMax: 0, sealedHourReadingsMax: 10 });
    const engine = new ReadingEngine(options);
    const append = (profile: number, from: number, count: number) => {
      const rows = Array.from({ length: count }, (_, step) => {
        const at = NOON + (from + step) * 1_000;
        return [profile, 0, at, at, 70];
      });
      engine.append(Float64Array.from(rows.flat()));
      sealAll(engine);
    };
    append(1, 0, 10);
    append(2, 0, 11);
    expect(engine.measure()).toMatchObject({ sealedReadings: 10, packedReadings: 11, unsealedHours: 0 });
    append(1, 10, 1);
    expect(engine.measure()).toMatchObject({ sealedReadings: 10, packedReadings: 12, unsealedHours: 0 });
    for (const profile of [1, 2]) {
      expect(engine.read(profile, 0, END_OF_TIME, 100)).toHaveLength(11);
      expect(sumsOf(engine, profile, 0, END_OF_TIME)).toMatchObject([{ readings: 11, coveredMs: 10_000 }]);
    }
    // With one reading less it is no longer too large, once something is added to it or the store is opened again.
    expect(engine.remove(2, NOON, NOON)).toBe(1);
    engine.close();
    const again = new ReadingEngine(options);
    sealAll(again);
    expect(again.measure()).toMatchObject({ sealedReadings: 20, packedReadings: 1 });
    again.close();
  });

  test("a damaged hour is told of, and the hours of everybody else are sealed", () => {
    const options = engineOptions({ quietMs: 0, freshAgeMsMax: 0 });
    const before = new ReadingEngine(options);
    for (const profile of [1, 2, 3]) before.append(Float64Array.from([profile, 0, NOON, NOON, 70]));
    packAll(before);
    before.close();
    const file = new Database(options.file);
    file.run("UPDATE packed_hour SET packed = x'09' WHERE profile = 1");
    file.close();
    const engine = new ReadingEngine(options);
    expect(() => engine.sealStep()).toThrow("unknown form");
    expect(engine.measure()).toMatchObject({ packedReadings: 3, sealedReadings: 0, sealingErrors: 1 });
    while (engine.measure().sealedReadings < 2) engine.sealStep();
    expect(engine.measure()).toMatchObject({ packedReadings: 1, unsealedHours: 1 });
    expect(engine.read(2, 0, END_OF_TIME, 10)).toHaveLength(1);
    engine.close();
  });

  test("a clock that ran years ahead and was set right holds up no sealing", () => {
    let now = NOON + 50_000 * HOUR;
    const engine = new ReadingEngine(engineOptions({ clock: () => now }));
    engine.append(Float64Array.from([1, 0, NOON, NOON, 70]));
    packAll(engine);
    now = NOON + HOUR;
    engine.append(Float64Array.from([2, 0, NOON, NOON, 70]));
    packAll(engine);
    now += QUIET;
    while (engine.sealStep());
    expect(engine.measure()).toMatchObject({ sealedReadings: 2, unsealedHours: 0 });
    engine.close();
  });

  test("years are deleted at once, but for what was claimed after them by a clock that was ahead", () => {
    const engine = new ReadingEngine(engineOptions({ quietMs: 0, freshAgeMsMax: 0 }));
    const days = Array.from({ length: 800 }, (_, day) => [
      1,
      0,
      NOON + day * 24 * HOUR,
      NOON + day * 24 * HOUR,
      70,
    ]);
    const claimedLater = NOON + 900 * 24 * HOUR;
    engine.append(Float64Array.from([...days.flat(), 1, 0, claimedLater, NOON + 5_000, 80]));
    sealAll(engine);
    // Of hours at the edges only what is asked for goes.
    engine.append(
      Float64Array.from([1, 0, NOON - 48 * HOUR, NOON, 60, 1, 0, NOON - 48 * HOUR + 1, NOON, 61]),
    );
    sealAll(engine);
    expect(engine.remove(1, NOON - 48 * HOUR + 1, NOON - 1)).toBe(1);
    expect(engine.remove(1, 0, NOON - 48 * HOUR)).toBe(1);
    expect(engine.remove(1, 0, claimedLater - 1)).toBe(800);
    expect(engine.read(1, 0, END_OF_TIME, 10)).toMatchObject([
      { measuredAt: claimedLater, bpm: 80 },
    ] as object[]);
    expect(engine.latest(1) as object).toMatchObject({ measuredAt: claimedLater });
    expect(engine.measure()).toMatchObject({ freshReadings: 0, packedReadings: 0, sealedReadings: 1 });
    expect([...engine.append(Float64Array.from([1, 0, NOON, NOON, 75]))][0]).toBeGreaterThan(0);
    engine.close();
  });

  test("a recording that is sealed comes back as it was sent, and is a repetition when it is sent again", () => {
    const now = Date.now();
    const engine = new ReadingEngine(
      engineOptions({ clock: () => now, quietMs: 0, freshAgeMsMax: 0, freshReadingsMax: 5_000 }),
    );
    const sent = appendRecording(engine, "multisport-6h50", 1);
    sealAll(engine);
    expect(engine.measure()).toMatchObject({ freshReadings: 0, packedReadings: 0, sealedReadings: sent });
    const found = engine.read(1, 0, END_OF_TIME, 100_000);
    const kept = byTime(keptReadings(recordingNamed("multisport-6h50")));
    expect(found.map(({ measuredAt, bpm }) => ({ measuredAt, bpm }) as object)).toEqual([...kept]);
    expect(found.every(({ measuredAt, arrivedAt }) => arrivedAt - measuredAt === 80)).toBe(true);
    appendRecording(engine, "multisport-6h50", 1);
    expect(engine.measure()).toMatchObject({ freshReadings: 0, sealedReadings: sent });
    engine.close();
  });

  test("RR intervals are sealed with their readings, and a correction replaces them", () => {
    const engine = new ReadingEngine(engineOptions({ quietMs: 0, freshAgeMsMax: 0 }));
    const intervals = [812.5, 799.8046875];
    engine.append(
      Float64Array.from([1, 0, NOON, NOON, 74, 1, 0, NOON + 1000, NOON + 1000, 75]),
      new Map([[1, intervals]]),
    );
    sealAll(engine);
    expect(engine.read(1, 0, END_OF_TIME, 10).map(({ rrIntervalsMs }) => rrIntervalsMs)).toEqual([
      undefined,
      intervals,
    ]);
    const [first, second] = [NOON, NOON + 1000] as [EpochMs, EpochMs];
    const source = 0 as SourceId;
    engine.correct(1, [
      { source, measuredAt: first, bpm: 90 as Bpm, rrIntervalsMs: [660] },
      { source, measuredAt: second, bpm: 91 as Bpm },
    ]);
    expect(
      engine.read(1, 0, END_OF_TIME, 10).map(({ bpm, rrIntervalsMs }) => ({ bpm, rrIntervalsMs }) as object),
    ).toEqual([
      { bpm: 90, rrIntervalsMs: [660] },
      { bpm: 91, rrIntervalsMs: undefined },
    ]);
    engine.close();
  });

  test("pages of a long history meet without a hole, also where clocks were ahead", () => {
    const engine = new ReadingEngine(engineOptions({ quietMs: 0, freshAgeMsMax: 0 }));
    const rows = Array.from({ length: 500 }, (_, step) => {
      const measuredAt = NOON + step * 60_000;
      return [1, 0, measuredAt, step % 3 === 0 ? measuredAt - 2 * HOUR : measuredAt, 60 + (step % 90)];
    });
    engine.append(Float64Array.from(rows.flat()));
    sealAll(engine);
    const times: number[] = [];
    for (let from = 0; ; ) {
      const page = engine.read(1, from, END_OF_TIME, 7);
      if (page.length === 0) break;
      times.push(...page.map(({ measuredAt }) => measuredAt));
      from = (times.at(-1) as number) + 1;
    }
    expect(times).toEqual(rows.map(([, , measuredAt]) => measuredAt as number));
    engine.close();
  });
});
