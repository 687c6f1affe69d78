import { Command, InvalidArgumentError } from "commander";
import type { EpochMs } from "../domain/reading.ts";
import { addConnectionOptions, type ConnectionOptions, readConnection } from "./connection.ts";
import { CommandFailure } from "./failure.ts";
import { untilInterrupted } from "./watching/interrupt.ts";
import { type FeedEvent, followLive } from "./watching/liveFeed.ts";
import { jsonReport, lineReport, type Report, terminalReport } from "./watching/report.ts";
import { afterEvent, STARTED, type WatchState } from "./watching/watchState.ts";

interface WatchOptions extends ConnectionOptions {
  readonly json?: boolean;
  readonly for?: number;
}

/** How often the view looks at the clock. */
const TICK_MS = 250;

/** `heartwire watch`: a live view of one user's pulse in the terminal. */
export function watchCommand(): Command {
  const command = new Command("watch")
    .description("Watch a heart rate live: the number, a small trace, and whether it is live, stale or gone.")
    .option("--json", "print one JSON object a line for each reading and each change of state")
    .option("--for <seconds>", "end after this time", readSeconds);
  return addConnectionOptions(command)
    .addHelpText(
      "after",
      `
The token needs the scope data:heart_rate:read. Stale means that nothing arrived for 10 s, gone for 30 s.
Without a terminal it prints one line a reading. A lost connection is made again by itself.

Examples:
  $ npm run heartwire -- watch --token-file my-token.txt
  $ npm run heartwire -- watch --json --for 60 > minute.ndjson`,
    )
    .action(watch);
}

async function watch(options: WatchOptions): Promise<void> {
  const connection = readConnection(options);
  const report = chooseReport(options, connection.baseUrl.host);
  const { signal, release } = untilInterrupted(options.for);
  let state: WatchState = STARTED;
  const now = () => Date.now() as EpochMs;
  const onEvent = (event: FeedEvent) => {
    const at = now();
    state = afterEvent(state, event, at);
    report.onEvent(event, state, at);
  };
  const redraw = () => report.onTick(state, now());
  const ticker = setInterval(redraw, TICK_MS);
  process.stdout.on("resize", redraw);
  try {
    await followLive(connection, { signal, random: Math.random, onEvent });
  } finally {
    clearInterval(ticker);
    process.stdout.off("resize", redraw);
    release();
    report.end(state, now());
    await flushed();
  }
  const { wasOpen, link } = state;
  if (options.for !== undefined && !wasOpen && link.kind === "lost") {
    throw new CommandFailure(`In ${options.for} s there was no connection: ${link.reason}.`);
  }
}

function chooseReport(options: WatchOptions, server: string): Report {
  const { stdout, stderr, env } = process;
  const out = (text: string) => void stdout.write(text);
  if (options.json) return jsonReport(out);
  if (!stdout.isTTY || env.TERM === "dumb") return lineReport(out, (text) => void stderr.write(text), server);
  const terminal = {
    get columns() {
      return stdout.columns || 80;
    },
    get rows() {
      return stdout.rows || 24;
    },
    write: out,
  };
  return terminalReport(terminal, (env.NO_COLOR ?? "") === "", server);
}

/** Resolves when everything written has been passed on, or nobody takes it any more. */
function flushed(): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write("", () => resolve());
  });
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 2_000_000)) throw new InvalidArgumentError("Expected seconds, such as 60.");
  return seconds;
}
