import { Command } from "commander";
import type { EpochMs } from "../domain/reading.ts";
import { addConnectionOptions, readBaseUrl } from "./connection.ts";
import { UsageError } from "./failure.ts";
import { createHalt, type Halt } from "./sending/halt.ts";
import { addSettings } from "./settingsOptions.ts";
import { simulatedReadings } from "./simulating/hearts.ts";
import { printReadings } from "./simulating/print.ts";
import { describeSimulation, type SimulationTally, showProgress } from "./simulating/progress.ts";
import { sendHearts } from "./simulating/run.ts";
import { readSimulation, type SimulateOptions, type Simulation } from "./simulating/settings.ts";
import { createTimetable } from "./simulating/timetable.ts";
import { givenTokens, type TokenSource } from "./simulating/tokens.ts";

/** Makes short-lived tokens for new users in a data folder of this machine. */
export type MakeLocalTokens = (users: number, dataFolder: string | undefined) => Promise<TokenSource>;

const EXAMPLES = `
A token file may hold several tokens, one a line: each is a user. Without a token, the users simulated-1, simulated-2...
are made in the server's data folder; their tokens end with the command. With --duration and --speed, the simulated time ends now: a day at --speed max fills the last 24 hours. Without
--duration, a faster heart carries the time at which it is sent.

Examples:
  $ npm run heartwire -- simulate
  $ npm run heartwire -- simulate --users 20 --seed 7 --duration 600
  $ npm run heartwire -- simulate --token-file tokens.txt --speed 10
  $ npm run --silent heartwire -- simulate --print --duration 3600 > hour.ndjson`;

/** `heartwire simulate`: hearts that rest, work and recover, sent as straps would send them. */
export function simulateCommand(makeLocalTokens: MakeLocalTokens): Command {
  const command = new Command("simulate")
    .description(
      "Send simulated heart rates: rest, effort, recovery, noise, and a strap that slips now and then",
    )
    .option("--seed <number>", "the same seed is the same heart (default: another each time)")
    .option("--users <number>", "how many hearts, each a user of their own (default: one for each token)")
    .option("--duration <seconds>", "how much of the hearts' time to simulate (default: until Ctrl-C)")
    .option(
      "--speed <speed>",
      "10: ten times faster; max: without waiting (default 1; max with --print --duration)",
    )
    .option("--print", "send nothing, and write one heart on standard output, as send --file reads it");
  addSettings(addConnectionOptions(command), ["data"]);
  return command
    .addHelpText("after", EXAMPLES)
    .action((options: SimulateOptions) => simulate(options, makeLocalTokens));
}

async function simulate(options: SimulateOptions, makeLocalTokens: MakeLocalTokens): Promise<void> {
  const simulation = readSimulation(options, Math.random);
  await (options.print ? print(simulation) : send(simulation, options, makeLocalTokens));
}

async function print({ seed, speed, durationMs }: Simulation): Promise<void> {
  const halt = createHalt();
  const timetable = createTimetable(speed, durationMs, Date.now() as EpochMs);
  const readings = simulatedReadings(seed, 0, timetable, performance.now(), halt.begun);
  process.stderr.write(`Seed ${seed}.\n`);
  try {
    await printReadings(readings, process.stdout, speed === "max");
  } finally {
    halt.dispose();
  }
}

async function send(
  simulation: Simulation,
  options: SimulateOptions,
  makeLocalTokens: MakeLocalTokens,
): Promise<void> {
  const baseUrl = readBaseUrl(options);
  const given = givenTokens(options);
  const users = simulation.users ?? given?.available ?? 1;
  const tally: SimulationTally = { users, sent: 0, errors: 0, bpm: undefined, trouble: undefined };
  // Around the tokens too: whoever asks us to end while they are made or taken back must not leave them behind.
  const halt = createHalt();
  try {
    const source = given ?? (await localTokens(baseUrl, users, options.data, makeLocalTokens));
    try {
      await sendShown(simulation, baseUrl, await source.tokens(users), halt, tally);
    } finally {
      await source.release();
    }
  } finally {
    halt.dispose();
  }
  process.stderr.write(`Done: ${describeSimulation(tally)}.\n`);
}

async function sendShown(
  { seed, speed, durationMs }: Simulation,
  baseUrl: URL,
  tokens: readonly string[],
  halt: Halt,
  tally: SimulationTally,
): Promise<void> {
  const hearts = tokens.length === 1 ? "a heart" : `${tokens.length} hearts`;
  process.stderr.write(`Simulating ${hearts} for ${baseUrl.origin}, seed ${seed}. Ctrl-C ends it.\n`);
  const hide = showProgress(process.stderr, tally);
  try {
    const timetable = createTimetable(speed, durationMs, Date.now() as EpochMs);
    await sendHearts({ baseUrl, tokens, seed, timetable, halt, tally });
  } finally {
    hide();
  }
}

/** Users in a folder of this machine are of no use to a server on another one. */
function localTokens(
  baseUrl: URL,
  users: number,
  dataFolder: string | undefined,
  makeLocalTokens: MakeLocalTokens,
): Promise<TokenSource> {
  if (!/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(baseUrl.hostname)) {
    throw new UsageError(
      `A token is missing: ${baseUrl.host} is not on this machine. Give tokens of its users with --token-file, one a line.`,
    );
  }
  return makeLocalTokens(users, dataFolder);
}
