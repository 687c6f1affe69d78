import { ReadingEngine, type ReadingEngineOptions } from "./readingEngine.ts";
import type { Answer, FromWorker, Question, ToWorker } from "./workerMessages.ts";

/**
 * The thread that owns `readings.db`. It answers messages one after the other and uses the time between them for
 * packing and for giving free pages back.
 */
declare const self: Worker;

/** With relaxed durability, how often everything before is made to survive a power cut. */
const SYNC_INTERVAL_MS = 1_000;

/** How often the worker looks whether nothing is written, and free pages can go back to the file system. */
const IDLE_CHECK_MS = 1_000;

/** Pages that one step gives back: a megabyte. */
const RETURNED_PAGES = 256;

/** The share of the time that packing may take while there is room for fresh readings. */
const PACKING_DUTY = 0.25;

/** How long packing waits after the file could not be written. */
const PACKING_RETRY_MS = 1_000;

let engine: ReadingEngine;
let packingScheduled = false;
let appendsSinceCheck = 0;
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

function open(options: ReadingEngineOptions): void {
  try {
    engine = new ReadingEngine(options);
  } catch (error) {
    answer({ kind: "unopened", reason: (error as Error).message });
    return;
  }
  setInterval(returnFreePagesWhenIdle, IDLE_CHECK_MS);
  if (options.durability === "relaxed") setInterval(syncWhenNeeded, SYNC_INTERVAL_MS);
  answer({ kind: "opened" });
}

function append({ batch, intervals }: ToWorker & { kind: "append" }): void {
  appendsSinceCheck++;
  appendsSinceSync++;
  try {
    answer({ kind: "appended", sequences: engine.append(batch, intervals) });
  } catch (error) {
    answer({ kind: "not appended", reason: (error as Error).message });
  }
  if (engine.packing && !packingScheduled) schedulePacking(0);
}

function ask(id: number, question: Question): void {
  try {
    answer({ kind: "answer", id, answer: answerTo(question) });
  } catch (error) {
    answer({ kind: "no answer", id, reason: (error as Error).message });
  }
}

function answerTo(question: Question): Answer {
  switch (question.about) {
    case "latest":
      return engine.latest(question.profile);
    case "read":
      return engine.read(question.profile, question.from, question.to, question.limit);
    case "probe":
      engine.probe();
      return undefined;
    case "measures":
      return engine.measure();
    case "close":
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

function returnFreePagesWhenIdle(): void {
  const idle = appendsSinceCheck === 0 && !engine.packing;
  appendsSinceCheck = 0;
  if (idle) attempt(() => engine.returnFreePages(RETURNED_PAGES));
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
