import { Command } from "commander";
import { addConnectionOptions, readConnection } from "./connection.ts";
import type { CommandFailure } from "./failure.ts";
import { createHalt } from "./sending/halt.ts";
import { explainOutcome } from "./sending/outcome.ts";
import { startProgress } from "./sending/progress.ts";
import { surveySource } from "./sending/readings.ts";
import { type RunResult, type RunSettings, runStream, runValue } from "./sending/run.ts";
import { readGiveUpAfterMs, readSendTask, type SendOptions, type SendTask } from "./sending/settings.ts";
import { findSource } from "./sending/source.ts";
import { describeResult, newTally, summarize, type Tally } from "./sending/tally.ts";

const EXAMPLES = `
A line of NDJSON is what one request carries: {"measured_at":1709312400000,"data":{"heart_rate":72}}
CSV has a header row with measured_at (Unix ms, or 2024-03-01T17:00:00Z) and heart_rate.
Sending a recording again is safe: the server keeps one reading a time.

Examples:
  $ npm run heartwire -- send 72
  $ npm run heartwire -- send --file workout.ndjson
  $ npm run heartwire -- send --file workout.csv --speed 10 --now
  $ npm run heartwire -- send --file workout.ndjson --speed max --in-flight 64
  $ my-sensor | npm run --silent heartwire -- send --file - --format ndjson`;

/** `heartwire send`: sends one heart rate measured now, or replays a stream of them. */
export function sendCommand(): Command {
  const command = new Command("send")
    .description("Send a heart rate, or a recording of many, to a server")
    .argument("[bpm]", "one heart rate, measured now")
    .option("-f, --file <file>", "a file of readings, or - for standard input")
    .option("--format <format>", "ndjson or csv (default: by the file's name)")
    .option("--speed <speed>", "1: as recorded; 10: ten times faster; max: without waiting (default 1)")
    .option("--now", "shift the times to today: the first reading is now, or with --speed max the last")
    .option("--in-flight <number>", "requests at once, 1 to 256; only 1 keeps the order (default 1)")
    .option("--skip-invalid", "leave out lines that are no readings, and count them")
    .option("--give-up-after <seconds>", "how long to try again without a success (default 300)")
    .option("--json", "print a summary on standard output")
    .option("--quiet", "say nothing but errors");
  return addConnectionOptions(command).addHelpText("after", EXAMPLES).action(send);
}

async function send(value: string | undefined, options: SendOptions): Promise<void> {
  const task = readSendTask(value, options);
  const giveUpAfterMs = readGiveUpAfterMs(options);
  const connection = readConnection(options);
  const halt = createHalt();
  const tally = newTally(performance.now());
  const progress = startProgress(options.quiet ? undefined : process.stderr, tally);
  let result: RunResult;
  try {
    result = await perform({ task, connection, giveUpAfterMs, halt, tally, progress });
  } finally {
    progress.stop();
    halt.dispose();
  }
  report(options, task, tally, explainOutcome(task, tally, result, halt.byUser()));
}

async function perform(settings: RunSettings): Promise<RunResult> {
  const { task, halt } = settings;
  if (task.kind === "value") return runValue(settings, task.heartRate);
  const source = await findSource(task.file, task.format);
  return runStream(settings, task, source, await surveySource(source, task, halt.begun));
}

/** @throws the failure, after what there is to say beside it */
function report(
  options: SendOptions,
  task: SendTask,
  tally: Tally,
  failure: CommandFailure | undefined,
): void {
  const nowMs = performance.now();
  if (options.json) {
    process.stdout.write(`${JSON.stringify(summarize(tally, nowMs, failure?.message ?? null))}\n`);
  }
  if (failure !== undefined) throw failure;
  if (!options.quiet) process.stderr.write(`${describeOutcome(task, tally, nowMs)}\n`);
}

function describeOutcome(task: SendTask, tally: Tally, nowMs: number): string {
  if (task.kind === "stream") return describeResult(tally, nowMs);
  const ignored = task.heartRate <= 0 ? " The server does not keep a rate of 0 or below." : "";
  return `Sent ${task.heartRate} bpm.${ignored}`;
}
