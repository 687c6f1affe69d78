import type { EpochMs } from "../../domain/reading.ts";
import type { Connection } from "../connection.ts";
import { deliverAll } from "./deliverAll.ts";
import type { Halt } from "./halt.ts";
import type { Progress } from "./progress.ts";
import { type DueReading, dueReadings, type Survey } from "./readings.ts";
import { createSender, REQUEST_TIMEOUT_MS } from "./sender.ts";
import type { SendTask } from "./settings.ts";
import type { Source } from "./source.ts";
import { countDelivered, type Tally } from "./tally.ts";

/** What one run needs to know. */
export interface RunSettings {
  readonly task: SendTask;
  readonly connection: Connection;
  readonly giveUpAfterMs: number;
  readonly halt: Halt;
  readonly tally: Tally;
  readonly progress: Progress;
}

/** How a run went: what is not confirmed, and what ended it early. */
export interface RunResult {
  /** Taken from the source but not answered 200, in the order of the source. */
  readonly unconfirmed: readonly DueReading[];
  /** The reading whose delivery failed first, where that is what ended the run. */
  readonly failed: DueReading | undefined;
  /** The error that ended the run; undefined when it came to its end or the user stopped it. */
  readonly error: unknown;
  /** Whether the source was read to its end. */
  readonly exhausted: boolean;
  /** The last line delivered. */
  readonly lastLineNumber: number | undefined;
}

/** Delivers one value, measured now. */
export function runValue(settings: RunSettings, heartRate: number): Promise<RunResult> {
  settings.tally.total = 1;
  const reading = { measuredAt: Date.now() as EpochMs, heartRate };
  async function* one() {
    yield { reading, lineNumber: undefined };
  }
  return run(settings, one(), 1);
}

/** Delivers a stream of readings, each when it is due. */
export function runStream(
  settings: RunSettings,
  task: Extract<SendTask, { kind: "stream" }>,
  source: Source,
  survey: Survey | undefined,
): Promise<RunResult> {
  const { tally, progress, halt } = settings;
  tally.total = survey?.total;
  const readings = dueReadings(source, task, survey?.latest, tally, progress, halt.begun);
  return run(settings, readings, task.inFlight);
}

async function run(
  settings: RunSettings,
  readings: AsyncGenerator<DueReading>,
  inFlight: number,
): Promise<RunResult> {
  const { tally, progress, halt } = settings;
  tally.startedAtMs = performance.now();
  const unconfirmed = new Set<DueReading>();
  let failed: DueReading | undefined;
  let exhausted = false;
  let lastLineNumber: number | undefined;

  const send = createSender({
    connection: settings.connection,
    giveUpAfterMs: settings.giveUpAfterMs,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    random: Math.random,
    halt,
    onRetry(reason) {
      tally.retries++;
      tally.trouble = reason;
      progress.trouble(reason);
    },
    onDelivered() {
      tally.trouble = undefined;
    },
  });

  async function* untilExhausted() {
    yield* readings;
    exhausted = !halt.begun.aborted;
  }

  const deliver = async (due: DueReading) => {
    unconfirmed.add(due);
    try {
      await send(due.reading);
    } catch (error) {
      failed ??= due;
      throw error;
    }
    unconfirmed.delete(due);
    countDelivered(tally, due.reading);
    if (due.lineNumber !== undefined) lastLineNumber = Math.max(lastLineNumber ?? 0, due.lineNumber);
  };

  let error: unknown;
  try {
    await deliverAll(untilExhausted(), inFlight, deliver, halt.begin);
  } catch (thrown) {
    error = thrown;
  }
  return { unconfirmed: [...unconfirmed], failed, error, exhausted, lastLineNumber };
}
