import { afterAll, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { statisticsOf } from "../../src/domain/statistics.ts";
import { ReadingEngine } from "../../src/storage/sqlite/readingEngine.ts";
import { inWords, VICTIM_PROFILES } from "../support/faults/engineReadings.ts";
import { killedAtRandom } from "../support/faults/killedStore.ts";
import { runVictim } from "../support/faults/runVictim.ts";
import { modelAfter, note, OPERATIONS, operate, SEALING_OPTIONS } from "../support/faults/sealingScript.ts";
import { withSeed } from "../support/faults/seed.ts";
import { throwAwayFolder } from "../support/server.ts";
import { sumsOf } from "../support/storage/sumsOf.ts";
import { StoreModel } from "../support/storeModel.ts";

const VICTIM = "sealingVictim.ts";
const END_OF_TIME = Number.MAX_SAFE_INTEGER;

/** Before so many statements, evenly spread, a store is killed: more of them in CI. */
const KILLS = process.env.CI === "true" ? 150 : 15;

/** How often the store of the other test is killed. */
const ROUNDS = process.env.CI === "true" ? 60 : 10;

const folder = throwAwayFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a store killed anywhere while it is written, corrected, deleted, packed and sealed loses and doubles nothing", async () => {
  const whole = await runVictim(VICTIM, join(folder, "whole.db"), 0);
  const statements = Number(whole.at(-1)?.replace("statements ", ""));
  expect(statements).toBeGreaterThan(1_000);
  expectWhole(join(folder, "whole.db"), OPERATIONS, "not killed");

  for (let at = 1; at <= statements; at += statements / KILLS) {
    const statement = Math.floor(at);
    const file = join(folder, `killed-${statement}.db`);
    const answered = (await runVictim(VICTIM, file, statement)).length;
    expectWhole(file, answered, `killed before statement ${statement}`);
  }
}, 300_000);

test(
  "a store killed at any moment, again and again, loses and doubles nothing",
  () =>
    withSeed(async (random) => {
      const file = join(folder, "again.db");
      const model = new StoreModel();
      let done = 0;
      let sealed = 0;
      for (let round = 1; round <= ROUNDS; round++) {
        const answered = await killedAtRandom(file, done, random);
        while (done < answered) note(model, done++);
        const engine = new ReadingEngine({ file, ...SEALING_OPTIONS });
        const found = contents(engine);
        // The operation that was under way happened as a whole or not at all.
        if (!Bun.deepEquals(found, expected(model))) note(model, done++);
        expect({ round, found }).toEqual({ round, found: expected(model) });
        sealed = engine.measure().sealedReadings;
        engine.close();
      }
      // Sealing went on all the time, or this test shows nothing.
      expect(sealed).toBeGreaterThan(model.size / 2);
      console.error(`${ROUNDS} kills: ${done} operations, ${model.size} readings, ${sealed} of them sealed.`);
    }),
  300_000,
);

/** Checks the file as it lies there, and again when the rest of the script was done, and when that was read anew. */
function expectWhole(file: string, answered: number, when: string): void {
  const open = () => new ReadingEngine({ file, ...SEALING_OPTIONS });
  const first = open();
  const found = contents(first);
  // The operation that was under way when the store was killed happened as a whole or not at all.
  const done = Bun.deepEquals(found, expected(modelAfter(answered))) ? answered : answered + 1;
  expect({ when, found }).toEqual({ when, found: expected(modelAfter(done)) });
  for (let operation = done; operation < OPERATIONS; operation++) {
    operate(first, operation);
    if (first.packing) first.packStep();
    first.sealStep();
  }
  while (first.packing) first.packStep();
  while (first.sealStep());
  expect({ when, found: contents(first) }).toEqual({ when, found: expected(modelAfter(OPERATIONS)) });
  first.close();
  const second = open();
  expect({ when, found: contents(second) }).toEqual({ when, found: expected(modelAfter(OPERATIONS)) });
  second.close();
}

type Contents = readonly (readonly unknown[])[];

function contents(engine: ReadingEngine): Contents {
  const { freshReadings, packedReadings, sealedReadings } = engine.measure();
  return [
    [freshReadings + packedReadings + sealedReadings],
    ...profiles().map((profile) => [
      ...engine.read(profile, 0, END_OF_TIME, 1_000_000).map(inWords),
      statisticsOf(sumsOf(engine, profile, 0, END_OF_TIME), {}),
    ]),
  ];
}

function expected(model: StoreModel): Contents {
  return [
    [model.size],
    ...profiles().map((profile) => [
      ...model.of(profile).map(inWords),
      model.statistics(profile, 0, END_OF_TIME, {}),
    ]),
  ];
}

function profiles(): readonly number[] {
  return Array.from({ length: VICTIM_PROFILES }, (_, place) => place + 1);
}
