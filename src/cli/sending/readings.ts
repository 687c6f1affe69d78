import type { EpochMs } from "../../domain/reading.ts";
import type { WireReading } from "../../exchange/ndjson.ts";
import { UsageError } from "../failure.ts";
import { pause } from "./pause.ts";
import type { Progress } from "./progress.ts";
import { createReplay, type TimeShift } from "./replay.ts";
import type { SendTask } from "./settings.ts";
import { readSource, type Source } from "./source.ts";
import type { Tally } from "./tally.ts";

/** A reading that is due now, and the line it came from. */
export interface DueReading {
  readonly reading: WireReading;
  /** Undefined for a value from the command line. */
  readonly lineNumber: number | undefined;
}

/** A line that is no reading, in a run that does not leave such lines out. */
export class MalformedLine extends Error {
  override name = "MalformedLine";
  readonly lineNumber: number;

  constructor(lineNumber: number, problem: string) {
    super(problem);
    this.lineNumber = lineNumber;
  }
}

export type StreamTask = Extract<SendTask, { kind: "stream" }>;

/** What a first pass over a file finds. */
export interface Survey {
  /** Readings up to the end, or up to the line at which the run will stop. */
  readonly total: number;
  /** The latest time among them. */
  readonly latest: EpochMs | undefined;
}

/** Lines left out are named one by one up to this many; after that they are only counted. */
const SKIPPED_NAMED_MAX = 10;

/**
 * Reads a file once to know what is in it.
 *
 * @returns undefined when the source cannot be read twice
 * @throws UsageError when it cannot be read twice but the task needs it
 */
export async function surveySource(
  source: Source,
  task: StreamTask,
  signal: AbortSignal,
): Promise<Survey | undefined> {
  if (!source.rereadable) {
    if (!task.shiftToNow || task.speed !== "max") return undefined;
    throw new UsageError(
      "--now with --speed max has to know the last time before it sends the first reading, and a pipe cannot be " +
        "read twice. Save it to a file first, or choose a --speed such as 10.",
    );
  }
  let total = 0;
  let latest: EpochMs | undefined;
  for await (const { decoded } of readSource(source, signal)) {
    if (decoded.reading !== undefined) {
      total++;
      if (latest === undefined || decoded.reading.measuredAt > latest) latest = decoded.reading.measuredAt;
    } else if (!task.skipInvalid) break;
  }
  return { total, latest };
}

/**
 * Yields the readings of a source one by one, each when it is due.
 *
 * @throws MalformedLine at a line that is no reading, unless the task leaves such lines out
 */
export async function* dueReadings(
  source: Source,
  task: StreamTask,
  latest: EpochMs | undefined,
  tally: Tally,
  progress: Progress,
  signal: AbortSignal,
): AsyncGenerator<DueReading> {
  let replay: ReturnType<typeof createReplay> | undefined;
  let startedAtMs = 0;
  for await (const { lineNumber, decoded } of readSource(source, signal)) {
    if (decoded.problem !== undefined) {
      if (!task.skipInvalid) throw new MalformedLine(lineNumber, decoded.problem);
      tally.skipped++;
      if (tally.skipped <= SKIPPED_NAMED_MAX)
        progress.note(`Line ${lineNumber} left out: ${decoded.problem}.`);
      if (tally.skipped === SKIPPED_NAMED_MAX) progress.note("More such lines will only be counted.");
      continue;
    }
    if (replay === undefined) {
      // The first reading starts the clock, not the start of the program: a pipe may be silent for long.
      startedAtMs = performance.now();
      replay = createReplay(task.speed, shiftOf(task, latest, Date.now() as EpochMs));
    }
    const moment = replay(decoded.reading.measuredAt);
    if (moment.dueAfterMs > 0) {
      tally.nextDueAtMs = startedAtMs + moment.dueAfterMs;
      await pause(tally.nextDueAtMs - performance.now(), signal);
      tally.nextDueAtMs = undefined;
    }
    if (signal.aborted) return;
    yield { reading: { ...decoded.reading, measuredAt: moment.measuredAt }, lineNumber };
  }
}

function shiftOf(task: StreamTask, latest: EpochMs | undefined, now: EpochMs): TimeShift {
  if (!task.shiftToNow) return { kind: "none" };
  if (task.speed !== "max") return { kind: "first at", time: now };
  return { kind: "by", distanceMs: now - (latest ?? now) };
}
