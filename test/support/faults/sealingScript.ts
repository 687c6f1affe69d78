import type { Bpm, EpochMs, SourceId } from "../../../src/domain/reading.ts";
import type { ReadingEngineOptions } from "../../../src/storage/sqlite/engineOptions.ts";
import type { ReadingEngine } from "../../../src/storage/sqlite/readingEngine.ts";
import { type SentReading, StoreModel } from "../storeModel.ts";
import { appendVictimBatch, ENGINE_OPTIONS, VICTIM_PROFILES, victimReadings } from "./engineReadings.ts";

/** Limits so small that packing and sealing go on all the time, one hour and one profile a step. */
export const SEALING_OPTIONS: Omit<ReadingEngineOptions, "file"> = {
  ...ENGINE_OPTIONS,
  freshReadingsMax: 100,
};

/** Operations of the script: appends, with late readings among them, and now and then a correction or a deletion. */
export const OPERATIONS = 60;

const CORRECTED = { bpm: 211 as Bpm, rrIntervalsMs: [284.5] };
const REMOVED_SPAN_MS = 400_000;

/** Free pages that go back after each operation. */
export const RETURNED_PAGES = 4;

/** Does one operation of the script to a store. What is changed was written a few operations before. */
export function operate(engine: ReadingEngine, operation: number): void {
  const { profile, source, measuredAt } = targetOf(operation);
  switch (kindOf(operation)) {
    case "append":
      appendVictimBatch(engine, operation);
      return;
    case "correct":
      engine.correct(profile, [
        { source: source as SourceId, measuredAt: measuredAt as EpochMs, ...CORRECTED },
      ]);
      return;
    case "remove":
      engine.remove(profile, measuredAt, measuredAt + REMOVED_SPAN_MS);
  }
}

/** What a store must hold after the first operations of the script. */
export function modelAfter(operations: number): StoreModel {
  const model = new StoreModel();
  for (let operation = 0; operation < operations; operation++) note(model, operation);
  return model;
}

/** Does one operation of the script to a model. */
export function note(model: StoreModel, operation: number): void {
  const { profile, source, measuredAt } = targetOf(operation);
  switch (kindOf(operation)) {
    case "append":
      for (const reading of victimReadings(operation)) model.append(reading);
      return;
    case "correct":
      model.correct(profile, source, measuredAt, CORRECTED);
      return;
    case "remove":
      model.remove(profile, measuredAt, measuredAt + REMOVED_SPAN_MS, undefined);
  }
}

function kindOf(operation: number): "append" | "correct" | "remove" {
  if (operation % 6 === 4) return "correct";
  return operation % 6 === 5 ? "remove" : "append";
}

/** A reading that was appended some operations before this one: fresh, in a part or sealed by now. */
function targetOf(operation: number): SentReading {
  const back = 6 * Math.ceil(((operation % 5) + 1) / 2);
  const batch = Math.max(0, operation - (operation % 6) - back);
  return victimReadings(batch)[(operation * 7) % VICTIM_PROFILES] as SentReading;
}
