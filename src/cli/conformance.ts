import { writeFileSync } from "node:fs";
import { Command } from "commander";
import {
  listChecks,
  NoAnswer,
  type Report,
  runConformance,
  toJUnit,
  UnusableOptions,
} from "../conformance/index.ts";
import { addHookOptions } from "./conformance/hookCommands.ts";
import { describeList } from "./conformance/list.ts";
import { type ConformanceFlags, readConformanceOptions } from "./conformance/options.ts";
import { startProgress } from "./conformance/progress.ts";
import { describeFailure, describeReport, describeResult, type Paper } from "./conformance/report.ts";
import { addTokenOptions } from "./conformance/tokens.ts";
import { CommandFailure, UsageError } from "./failure.ts";
import { toSeenJson } from "./seenText.ts";
import { untilInterrupted } from "./watching/interrupt.ts";

/** `heartwire conformance`: checks any server against the Pulsoid wire. */
export function conformanceCommand(): Command {
  const command = new Command("conformance")
    .description(
      "Check any server against the Pulsoid wire. It writes readings of the tokens' user, and makes widgets: use a test user.",
    )
    .option("--base <address>", "the server (or HEARTWIRE_URL; default http://localhost:4327)");
  addTokenOptions(command)
    .option("--room <id>", "a room of which the test user is a member")
    .option("--other-room <id>", "a room of which the test user is no member")
    .option("--widget <id>", "a widget of the test user whose link is open, where no token may make one")
    .option(
      "--client-id <id>",
      "an app that is registered with a secret (a line `secret = <uuid>` in the file, or HEARTWIRE_CLIENT_SECRET), the implicit grant and http://127.0.0.1/callback",
    )
    .option("--public-client-id <id>", "an app that is registered with that address, and without a secret")
    .option(
      "--callback-port <port>",
      "the port of the kit's own http://127.0.0.1:<port>/callback (default: any)",
    );
  return addHookOptions(command)
    .option(
      "--only <checks>",
      "run these: ids, areas such as write, or with * for any text; separated by commas",
    )
    .option("--slow", "run what waits for time to pass too: about three minutes, and ten with a client")
    .option("--ours", "check too what the wire text leaves open and Heartwire decided")
    .option("--complete", "fail too when something is not checked")
    .option("--timeout <seconds>", "how long the server may take to answer (default 5)")
    .option("--ca <file>", "certificates of an authority to trust beside the usual ones, as PEM")
    .option("--list", "list the checks and what they need, and run none")
    .option("--verbose", "print every check, not only those that fail")
    .option("--json", "print the report, or the list, as JSON")
    .option("--junit <file>", "write the report as JUnit XML too")
    .addHelpText("after", HELP)
    .action(conformance);
}

const HELP = `
The read and the write token belong to one user. What the kit is not given it cannot check, and it says so:
docs/conformance.md has the whole list, and what the commands of the hooks are told.

Ctrl-C ends a run in order: a store that was made to fail works again, and widgets that were made are deleted.

It ends with 0 when every check passed that was run, with 1 when one failed or the run was stopped, and with 2 after wrong usage, a refused token included.

Examples:
  $ npm run heartwire -- conformance --base http://localhost:4327 --tokens-file tokens.txt
  $ npm run heartwire -- conformance --only write,live --verbose
  $ npm run heartwire -- conformance --only 'oauth-*' --tokens-file tokens.txt --client-id <uuid> --on-authorize ./answer.sh
  $ npm run heartwire -- conformance --list`;

async function conformance(flags: ConformanceFlags): Promise<void> {
  const paper = paperOf(process.stdout);
  try {
    if (flags.list) return list(flags, paper);
    const { report, isStopped } = await run(flags, paper);
    console.log(flags.json ? toSeenJson(report) : describeReport(report, paper));
    if (flags.junit !== undefined) writeReport(flags.junit, toJUnit(report));
    if (isStopped) throw new CommandFailure("Stopped before everything was checked.");
    if (report.failed > 0 || (flags.complete && report.notChecked > 0)) process.exitCode = 1;
  } catch (error) {
    if (error instanceof UnusableOptions) throw new UsageError(error.message);
    if (error instanceof NoAnswer) throw new CommandFailure(error.message);
    throw error;
  }
}

function list({ only, json }: ConformanceFlags, paper: Paper): void {
  const checks = listChecks(only);
  console.log(json ? toSeenJson(checks) : describeList(checks, paper));
}

interface Run {
  readonly report: Report;
  /** Whether the user ended it early. */
  readonly isStopped: boolean;
}

async function run(flags: ConformanceFlags, paper: Paper): Promise<Run> {
  const options = readConformanceOptions(flags);
  const progress = startProgress(process.stderr);
  const { signal, release } = untilInterrupted();
  const tell = (text: string) => {
    progress.clear();
    // In JSON's place nothing else may stand.
    if (flags.json) process.stderr.write(`${text}\n`);
    else console.log(text);
  };
  try {
    const report = await runConformance({
      ...options,
      signal,
      onStart: progress.show,
      onResult: (result) => {
        if (result.outcome === "failed") tell(describeFailure(result, paper));
        else if (flags.verbose) tell(describeResult(result, paper));
      },
    });
    return { report, isStopped: signal.aborted };
  } finally {
    release();
    progress.clear();
  }
}

function writeReport(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CommandFailure(`The report ${file} cannot be written: ${(error as Error).message}`);
  }
}

function paperOf({ isTTY, columns }: NodeJS.WriteStream): Paper {
  const isTerminal = isTTY === true && process.env.TERM !== "dumb";
  return {
    columns: isTerminal ? columns || COLUMNS : COLUMNS,
    hasColour: isTerminal && (process.env.NO_COLOR ?? "") === "",
  };
}

/** Where there is no terminal. */
const COLUMNS = 100;
