import { afterAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { ReadingEngine } from "../../src/storage/sqlite/readingEngine.ts";
import {
  appendVictimBatch,
  BATCH_READINGS,
  ENGINE_OPTIONS,
  inWords,
  VICTIM_PROFILES,
  victimReadings,
} from "../support/faults/engineReadings.ts";
import { runVictim } from "../support/faults/runVictim.ts";
import { throwAwayFolder } from "../support/server.ts";

const VICTIM = "engineVictim.ts";

/** In CI the store is killed before every statement of a packing; elsewhere before so many of them. */
const KILLS = process.env.CI === "true" ? Number.POSITIVE_INFINITY : 16;

const folder = throwAwayFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a store killed before any statement of a packing keeps every reading once, and packs on", async () => {
  const whole = await runVictim(VICTIM, join(folder, "whole.db"), 0);
  const statements = Number(whole.at(-1)?.replace("statements ", ""));
  expect(statements).toBeGreaterThan(40);
  expectWhole(join(folder, "whole.db"), whole.length - 1, whole.length - 1);

  const stride = Math.max(1, statements / KILLS);
  for (let at = 1; at <= statements; at += stride) {
    const statement = Math.floor(at);
    const file = join(folder, `killed-${statement}.db`);
    const answered = (await runVictim(VICTIM, file, statement)).length;
    expectWhole(file, answered, answered + 1, `killed before statement ${statement}`);
  }
}, 300_000);

/** Checks the file as it lies there, once more after it went on packing, and once more after that was read again. */
function expectWhole(file: string, batchesMin: number, batchesMax: number, when = "not killed"): void {
  const open = () => new ReadingEngine({ file, ...ENGINE_OPTIONS });
  const first = open();
  const batches = countBatches(first, batchesMin, batchesMax);
  expect({ when, found: contents(first) }).toEqual({ when, found: sent(batches) });
  // A sender that got no answer sends again: nothing that is there may come a second time.
  for (let batch = 0; batch < batches; batch++) {
    expect({
      when,
      batch,
      news: appendVictimBatch(first, batch).filter((sequence) => sequence > 0),
    }).toEqual({
      when,
      batch,
      news: new Float64Array(),
    });
  }
  let end = batches;
  while (end < batches + 30) appendVictimBatch(first, end++);
  while (first.packing) first.packStep();
  expect({ when, found: contents(first) }).toEqual({ when, found: sent(end) });
  first.close();
  const second = open();
  expect({ when, found: contents(second) }).toEqual({ when, found: sent(end) });
  second.close();
}

/** The batch that was under way when the store was killed is there as a whole or not at all. */
function countBatches(engine: ReadingEngine, batchesMin: number, batchesMax: number): number {
  const { freshReadings, packedReadings, sealedReadings } = engine.measure();
  const batches = (freshReadings + packedReadings + sealedReadings) / BATCH_READINGS;
  expect(batches).toBeOneOf([batchesMin, batchesMax]);
  return batches;
}

type Contents = Record<number, string[]>;

function contents(engine: ReadingEngine): Contents {
  const all: Contents = {};
  for (let profile = 1; profile <= VICTIM_PROFILES; profile++) {
    all[profile] = engine.read(profile, 0, Number.MAX_SAFE_INTEGER, 1_000_000).map(inWords);
  }
  return all;
}

function sent(batches: number): Contents {
  const all: Contents = {};
  for (let profile = 1; profile <= VICTIM_PROFILES; profile++) all[profile] = [];
  for (let batch = 0; batch < batches; batch++) {
    for (const reading of victimReadings(batch)) all[reading.profile]?.push(inWords(reading));
  }
  for (const readings of Object.values(all))
    readings.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  return all;
}
