import { CommandFailure } from "../failure.ts";
import { type DueReading, MalformedLine } from "./readings.ts";
import type { RunResult } from "./run.ts";
import { NotDelivered } from "./sender.ts";
import type { SendTask } from "./settings.ts";
import { describeCount, plural, type Tally } from "./tally.ts";

/** Readings that are not confirmed are named up to this many. */
const LINES_NAMED_MAX = 5;

/**
 * Says why a run did not deliver everything, what was delivered, and what to do.
 *
 * @returns undefined when everything was delivered
 * @throws what ended the run, where that is a mistake of ours and no failure to explain
 */
export function explainOutcome(
  task: SendTask,
  tally: Tally,
  result: RunResult,
  byUser: boolean,
): CommandFailure | undefined {
  const { error } = result;
  if (error === undefined && (!byUser || result.exhausted)) return undefined;
  if (byUser && (error === undefined || error instanceof NotDelivered)) {
    return new CommandFailure(explainStop(task, tally, result));
  }
  if (error instanceof MalformedLine) return new CommandFailure(explainMalformed(task, tally, error));
  if (error instanceof NotDelivered) return new CommandFailure(explainFault(task, tally, result, error));
  if (error instanceof CommandFailure && tally.delivered > 0) {
    return new CommandFailure(sentences(error.message, delivered(tally, result)));
  }
  throw error;
}

function explainStop(task: SendTask, tally: Tally, result: RunResult): string {
  if (task.kind === "value") return "Stopped. The server has not confirmed the reading.";
  return sentences("Stopped.", delivered(tally, result), unconfirmed(result.unconfirmed), again(task));
}

function explainMalformed(task: SendTask, tally: Tally, { lineNumber, message }: MalformedLine): string {
  const where = task.kind === "stream" && task.file !== "-" ? `${task.file}, line` : "Line";
  return sentences(
    `${where} ${lineNumber}: ${message}.`,
    `${plural(tally.delivered, "reading", "readings")} before it ${tally.delivered === 1 ? "was" : "were"} delivered.`,
    "To go on past such lines, add --skip-invalid.",
  );
}

function explainFault(task: SendTask, tally: Tally, result: RunResult, { message }: NotDelivered): string {
  const what = `${nameOf(result.failed)} was not delivered.`;
  if (task.kind === "value") return sentences(what, message);
  const others = result.unconfirmed.filter((due) => due !== result.failed);
  return sentences(what, message, delivered(tally, result), unconfirmed(others), again(task));
}

function nameOf(due: DueReading | undefined): string {
  if (due === undefined) return "A reading";
  const { heartRate, measuredAt } = due.reading;
  const reading = `${heartRate} bpm, measured at ${isoTime(measuredAt)}`;
  return due.lineNumber === undefined ? `The reading (${reading})` : `Line ${due.lineNumber} (${reading})`;
}

function delivered(tally: Tally, { lastLineNumber }: RunResult): string {
  const last = lastLineNumber === undefined ? "" : `, the last from line ${lastLineNumber}`;
  const one = tally.delivered === 1 && tally.total === undefined;
  return `${describeCount(tally)} ${one ? "was" : "were"} delivered${last}.`;
}

/** Names readings that were under way at the end: whether they arrived is not known. */
function unconfirmed(readings: readonly DueReading[]): string {
  if (readings.length === 0) return "";
  const lines = readings.map((due) => due.lineNumber);
  const named = lines.slice(0, LINES_NAMED_MAX).join(", ");
  const more = lines.length > LINES_NAMED_MAX ? ` and ${lines.length - LINES_NAMED_MAX} more` : "";
  return `Not confirmed: ${lines.length === 1 ? "line" : "lines"} ${named}${more}.`;
}

/** A shifted reading gets another time in another run, and would be another reading. */
function again(task: SendTask): string {
  if (task.kind !== "stream" || task.shiftToNow || task.file === "-") return "";
  return "You can send the file again from its start: nothing is stored twice.";
}

/** The largest time that ECMAScript can write (20.4.1.1). */
const DATE_MS_MAX = 8.64e15;

function isoTime(epochMs: number): string {
  return epochMs <= DATE_MS_MAX ? new Date(epochMs).toISOString() : `${epochMs} ms`;
}

function sentences(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(" ");
}
