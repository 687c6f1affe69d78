import type { HourAggregate } from "../../domain/statistics.ts";
import { AnswersInSteps } from "./answersInSteps.ts";
import { ReadingEngine } from "./readingEngine.ts";
import { UnreadableReading } from "./unreadableReading.ts";
import type { Answer, ClocklessEngineOptions, FromWorker, Question, ToWorker } from "./workerMessages.ts";

/**
 * The thread that owns `readings.db`. It answers messages one after the other, statistics of very much in steps between them, and
 * uses the time between them for packing, sealing and giving free pages back too.
 */
declare const self: Worker;

/** With relaxed durability, how often everything before is made to survive a power cut. */
const SYNC_INTERVAL_MS = 1_000;

/** How often free pages go back to the file system, and the worker looks whether nothing was written meanwhile. */
const RETURN_INTERVAL_MS = 1_000;

/** Pages that one step gives back: a megabyte, and while readings come in so few that it costs them no more than a commit. */
const IDLE_RETURNED_PAGES = 256;
const BUSY_RETURNED_PAGES = 16;

/** The share of the time that packing may take while there is room for fresh readings. */
const PACKING_DUTY = 0.25;

/** The share of the time that sealing may take: while readings come in, when it falls behind, and while none come in. */
const SEALING_DUTY = 0.03;
const LATE_SEALING_DUTY = 0.05;
const IDLE_SEALING_DUTY = 0.5;

/** It is looked ten times in the quiet time of an hour whether one is due, and within these bounds. */
const SEALING_CHECK_MS_MIN = 10;
const SEALING_CHECK_MS_MAX = 5_000;

/** How long statistics may hold up the writes at a time, and the share of the time they may take while readings come in. */
const AGGREGATING_STEP_MS = 2;
const AGGREGATING_DUTY = 0.5;

/** How long erasing may hold up the writes at a time, and the share of the time it may take while readings come in. */
const ERASING_STEP_MS = 2;
const ERASING_DUTY = 0.25;

/** How long packing waits after the file could not be written. */
const PACKING_RETRY_MS = 1_000;

let engine: ReadingEngine;
let packingScheduled = false;
const aggregations = new AnswersInSteps<readonly HourAggregate[]>();
let aggregatingScheduled = false;
const erasures = new AnswersInSteps<void>();
let erasingScheduled = false;
let appendsSinceCheck = 0;
let idle = false;
let sealingCheckMs = SEALING_CHECK_MS_MAX;
let appendsSinceSync = 0;

const answer = (message: FromWorker) => self.postMessage(message);

self.onmessage = ({ data: message }: MessageEvent<ToWorker>) => {
  switch (message.kind) {
    case "open":
      return open(message.options);
    case "append":
      return append(message);
    case "ask":
      return ask(message.id, message.question);
  }
};

function open(options: ClocklessEngineOptions): void {
  try {
    engine = new ReadingEngine(options);
  } catch (error) {
    answer({ kind: "unopened", reason: (error as Error).message });
    return;
  }
  setInterval(returnSomeFreePages, RETURN_INTERVAL_MS);
  sealingCheckMs = Math.min(SEALING_CHECK_MS_MAX, Math.max(SEALING_CHECK_MS_MIN, options.quietMs / 10));
  setTimeout(seal, sealingCheckMs);
  if (options.durability === "relaxed") setInterval(syncWhenNeeded, SYNC_INTERVAL_MS);
  answer({ kind: "opened" });
}

function append({ batch, intervals }: ToWorker & { kind: "append" }): void {
  appendsSinceCheck++;
  appendsSinceSync++;
  try {
    answer({ kind: "appended", sequences: engine.append(batch, intervals) });
  } catch (error) {
    const place = error instanceof UnreadableReading ? error.place : undefined;
    answer({ kind: "not appended", reason: (error as Error).message, place });
  }
  if (engine.packing && !packingScheduled) schedulePacking(0);
}

function ask(id: number, question: Question): void {
  if (question.about === "aggregate") {
    aggregate(id, question);
    return;
  }
  if (question.about === "erase") {
    erase(id, question.profile);
    return;
  }
  try {
    answer({ kind: "answer", id, answer: answerTo(question) });
  } catch (error) {
    answer({ kind: "no answer", id, reason: (error as Error).message });
  }
}

function aggregate(id: number, { profile, from, to }: Question & { about: "aggregate" }): void {
  aggregations.add({
    steps: engine.aggregating(profile, from, to),
    answer: (hours) => answer({ kind: "answer", id, answer: hours }),
    fail: (error) => answer({ kind: "no answer", id, reason: (error as Error).message }),
  });
  if (!aggregatingScheduled) aggregateSome();
}

/** Mostly everything is answered at once. */
function aggregateSome(): void {
  const startedAt = performance.now();
  aggregations.work(AGGREGATING_STEP_MS);
  aggregatingScheduled = !aggregations.isEmpty;
  const tookMs = performance.now() - startedAt;
  if (aggregatingScheduled) setTimeout(aggregateSome, idle ? 0 : tookMs * (1 / AGGREGATING_DUTY - 1));
}

function erase(id: number, profile: number): void {
  erasures.add({
    steps: engine.erasing(profile),
    answer: () => answer({ kind: "answer", id, answer: undefined }),
    fail: (error) => answer({ kind: "no answer", id, reason: (error as Error).message }),
  });
  if (!erasingScheduled) eraseSome();
}

function eraseSome(): void {
  const startedAt = performance.now();
  erasures.work(ERASING_STEP_MS);
  erasingScheduled = !erasures.isEmpty;
  const tookMs = performance.now() - startedAt;
  if (erasingScheduled) setTimeout(eraseSome, idle ? 0 : tookMs * (1 / ERASING_DUTY - 1));
}

function answerTo(question: Exclude<Question, { about: "aggregate" | "erase" }>): Answer {
  switch (question.about) {
    case "latest":
      return engine.latest(question.profile);
    case "read":
      return engine.read(question.profile, question.from, question.to, question.limit);
    case "remove":
      return engine.remove(question.profile, question.from, question.to, question.source);
    case "correct":
      return engine.correct(question.profile, question.corrections);
    case "probe":
      engine.probe();
      return undefined;
    case "measures":
      return engine.measure();
    case "close":
      aggregations.refuse(new Error("the store is closed"));
      erasures.refuse(new Error("the store is closed"));
      engine.close();
      return undefined;
  }
}

function schedulePacking(delayMs: number): void {
  packingScheduled = true;
  setTimeout(pack, delayMs);
}

function pack(): void {
  packingScheduled = false;
  if (!engine.packing) return;
  const startedAt = performance.now();
  try {
    engine.packStep();
  } catch {
    // The appends report the same fault to whoever can do something about it.
    schedulePacking(PACKING_RETRY_MS);
    return;
  }
  const tookMs = performance.now() - startedAt;
  if (engine.packing) schedulePacking(engine.pressure >= 0.5 ? 0 : tookMs * (1 / PACKING_DUTY - 1));
}

/** Seals some hours, and comes again: soon when there may be more, and later the more is written. */
function seal(): void {
  const startedAt = performance.now();
  let sealed = false;
  const worked = attempt(() => {
    engine.packOld();
    sealed = engine.sealStep();
  });
  if (engine.packing && !packingScheduled) schedulePacking(0);
  const tookMs = performance.now() - startedAt;
  setTimeout(seal, worked && sealed ? tookMs * (1 / sealingDuty() - 1) : sealingCheckMs);
}

function sealingDuty(): number {
  if (idle) return IDLE_SEALING_DUTY;
  return engine.isSealingBehind ? LATE_SEALING_DUTY : SEALING_DUTY;
}

function returnSomeFreePages(): void {
  idle = appendsSinceCheck === 0 && !engine.packing;
  appendsSinceCheck = 0;
  // What packing frees it fills again soon.
  if (engine.packing) return;
  attempt(() => engine.returnFreePages(idle ? IDLE_RETURNED_PAGES : BUSY_RETURNED_PAGES));
}

function syncWhenNeeded(): void {
  if (appendsSinceSync === 0) return;
  if (attempt(() => engine.sync())) appendsSinceSync = 0;
}

/** @returns false when the file could not be written: the next turn tries again, and appends report the fault */
function attempt(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
