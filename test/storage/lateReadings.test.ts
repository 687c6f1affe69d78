import { Database } from "bun:sqlite";
import { afterEach, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { openDatabase } from "../../src/storage/sqlite/database.ts";
import type { ReadingEngineOptions } from "../../src/storage/sqlite/engineOptions.ts";
import { packHour } from "../../src/storage/sqlite/packedHour.ts";
import { ReadingEngine } from "../../src/storage/sqlite/readingEngine.ts";
import { READING_MIGRATIONS } from "../../src/storage/sqlite/readingTables.ts";
import { isAmong, RememberedTimes, type SourcedTimes } from "../../src/storage/sqlite/rememberedTimes.ts";
import { throwAwayFolder } from "../support/server.ts";
import { engineOptionsIn } from "../support/storage/engineOptions.ts";
import { sumsOf } from "../support/storage/sumsOf.ts";

const HOUR = 3_600_000;
const NOON = Date.UTC(2024, 2, 1, 12);
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function engineOptions(more: Partial<ReadingEngineOptions> = {}): ReadingEngineOptions {
  const folder = throwAwayFolder();
  folders.push(folder);
  return engineOptionsIn(folder, more);
}

/** Appends and packs readings. @returns whether each was new */
function appendPart(engine: ReadingEngine, times: readonly number[], arrivedAt?: number): boolean[] {
  const rows = times.map((at) => [1, 0, at, arrivedAt ?? at, 70]);
  const sequences = engine.append(Float64Array.from(rows.flat()));
  engine.packOld();
  while (engine.packing) engine.packStep();
  return [...sequences].map((sequence) => sequence > 0);
}

const every = (count: number, spacingMs: number, from = NOON) =>
  Array.from({ length: count }, (_, step) => from + step * spacingMs);

function query<Row>(file: string, words: string): Row[] {
  const database = new Database(file);
  try {
    return database.query<Row, []>(words).all();
  } finally {
    database.close();
  }
}

describe("a late reading", () => {
  test("is looked up in memory once the parts of its hour were unpacked, until one of them is written anew", () => {
    const options = engineOptions();
    const engine = new ReadingEngine(options);
    // Each part spans the whole hour.
    for (let part = 0; part < 4; part++) appendPart(engine, every(60, 60_000, NOON + part));
    expect(appendPart(engine, [NOON + 120_000, NOON + 4])).toEqual([false, true]);

    query(options.file, "UPDATE packed_hour SET packed = x'09' WHERE readings = 60");
    const late = [NOON + 60_000, NOON + 60_001, NOON + 60_002, NOON + 60_003, NOON + 60_005];
    expect(appendPart(engine, late)).toEqual([false, false, false, false, true]);
    expect(appendPart(engine, late)).toEqual([false, false, false, false, false]);
    engine.close();
  });

  test("is known again and new where it was deleted from a part", () => {
    const engine = new ReadingEngine(engineOptions());
    appendPart(engine, every(60, 60_000));
    expect(appendPart(engine, [NOON, NOON + 60_000])).toEqual([false, false]);
    expect(engine.remove(1, NOON + 60_000, NOON + 60_000)).toBe(1);
    expect(appendPart(engine, [NOON, NOON + 60_000])).toEqual([false, true]);
    engine.close();
  });
});

describe("a clock that is hours ahead", () => {
  test("costs a row for each two hours and not for each reading, and no reading is taken twice", () => {
    const options = engineOptions();
    const engine = new ReadingEngine(options);
    const times = every(3_600, 2_000, NOON + 3 * HOUR);
    for (let from = 0; from < times.length; from += 100) {
      const own = times.slice(from, from + 100);
      appendPart(engine, own, (own[0] as number) - 3 * HOUR);
    }
    while (engine.sealStep());
    expect(engine.measure()).toMatchObject({ packedReadings: 0, sealedReadings: 3_600 });
    const [{ rows } = { rows: 0 }] = query<{ rows: number }>(
      options.file,
      "SELECT count(*) AS rows FROM ahead",
    );
    expect(rows).toBe(2);
    expect(appendPart(engine, times).filter((isNew) => isNew)).toEqual([]);
    expect(engine.read(1, NOON + 4 * HOUR, NOON + 5 * HOUR - 1, 10_000)).toHaveLength(1_800);
    expect(engine.read(1, 0, Number.MAX_SAFE_INTEGER, 10_000)).toHaveLength(3_600);

    expect(engine.remove(1, 0, Number.MAX_SAFE_INTEGER)).toBe(3_600);
    expect(query(options.file, "SELECT * FROM ahead")).toEqual([]);
    expect(appendPart(engine, times).filter((isNew) => isNew)).toHaveLength(3_600);
    engine.close();
  });
});

test("a file from before this was known is read as before, its clocks that were ahead included", () => {
  const options = engineOptions();
  const old = openDatabase(options.file, READING_MIGRATIONS.slice(0, 2), options);
  const readings = [
    { measuredAt: NOON, arrivedAt: NOON - 2 * HOUR, bpm: 70 },
    { measuredAt: NOON + 1, arrivedAt: NOON + 1, bpm: 80 },
  ];
  old
    .query("INSERT INTO packed_hour VALUES (1, ?, 0, 1, 0, 1, 2, ?, 0)")
    .run(NOON / HOUR, packHour(readings));
  for (const at of [NOON, NOON + 1, NOON + HOUR]) {
    old.query("INSERT INTO ahead VALUES (2, ?, 0, ?)").run(at, NOON / HOUR - 2);
  }
  old.close();
  const engine = new ReadingEngine(options);
  const [first, second] = [NOON / HOUR - 2, NOON / HOUR];
  expect(sumsOf(engine, 1, NOON - 5 * HOUR, NOON + HOUR)).toMatchObject([{ hour: first }, { hour: second }]);
  expect(query(options.file, "SELECT * FROM ahead")).toEqual([
    { profile: 2, hour: first, claimed_hour: second },
    { profile: 2, hour: first, claimed_hour: second + 1 },
  ]);
  engine.close();
});

describe("remembered times", () => {
  const hour = (count: number): SourcedTimes =>
    new Map([
      [0, { within: Uint32Array.from({ length: count }, (_, step) => step * 2), later: new Float64Array() }],
    ]);

  test("are loaded once, and those that came first are forgotten when there are too many", () => {
    const times = new RememberedTimes(1_000);
    const loaded: string[] = [];
    const of = (key: string) =>
      times.of(key, () => {
        loaded.push(key);
        return hour(300);
      });
    for (const key of ["a", "b", "a", "b", "c", "b", "c", "a"]) of(key);
    expect(loaded).toEqual(["a", "b", "c", "a"]);
    times.forget("c");
    of("c");
    expect(loaded).toEqual(["a", "b", "c", "a", "c"]);
  });

  test("of empty hours take room too", () => {
    const times = new RememberedTimes(1_000);
    let loads = 0;
    const load = () => {
      loads++;
      return hour(0);
    };
    for (let key = 0; key < 50; key++) times.of(String(key), load);
    times.of("49", load);
    times.of("0", load);
    expect(loads).toBe(51);
  });

  test("are found by source and offset, also in later hours", () => {
    const times: SourcedTimes = new Map([
      [3, { within: Uint32Array.of(0, 5, HOUR - 1), later: Float64Array.of(HOUR, 9e13) }],
    ]);
    for (const offset of [0, 5, HOUR - 1, HOUR, 9e13]) expect(isAmong(times, 3, offset)).toBe(true);
    for (const offset of [1, 6, HOUR - 2, HOUR + 1]) expect(isAmong(times, 3, offset)).toBe(false);
    expect(isAmong(times, 0, 5)).toBe(false);
  });
});
