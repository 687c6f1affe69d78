import { rmSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { CommandFailure } from "../../src/cli/failure.ts";
import { isValid, type LoadResult } from "../load/loadResult.ts";
import { runWrk } from "../load/wrk.ts";
import { positiveInteger } from "../options.ts";
import { answers, PinnedProcess, SERVER_CORE } from "../pinnedProcess.ts";
import { populationFolder, TOKEN_FILE } from "../population.ts";
import { publish } from "../results.ts";
import { ours } from "../servers/ours.ts";
import { median } from "../statistics.ts";
import { decimal, markdownTable, whole } from "../table.ts";
import { checkout, freePort, progress } from "../workspace.ts";
import { copyOfPrepared } from "../writes/visit.ts";

/** Sealing may lower the rate of writes by this much. */
const LOSS_MAX = 0.05;

const WARM_UP_SECONDS = 2;

/** Longer than any prepared store is kept. */
const TEN_YEARS_SECONDS = 10 * 365 * 86_400;

/** Hours that are over are sealed at once, or never. */
const ARMS = [
  { title: "sealing", quietSeconds: 0, seals: true },
  { title: "not sealing", quietSeconds: TEN_YEARS_SECONDS, seals: false },
] as const;

type Arm = (typeof ARMS)[number];

/** What one server did in one round. */
interface Round extends LoadResult {
  readonly sealed: number;
  readonly waiting: number;
}

interface SealingOptions {
  readonly repeats: number;
  readonly seconds: number;
  readonly connections: number;
  readonly save: boolean;
}

export function sealingWritesCommand(): Command {
  return new Command("sealing-writes")
    .description("Measure what sealing in the background takes from the writes")
    .option("--repeats <number>", "rounds of each arm, alternately", positiveInteger, 5)
    .option("--seconds <number>", "seconds of load in a round", positiveInteger, 10)
    .option("--connections <number>", "connections that write", positiveInteger, 64)
    .option("--no-save", "print the table and leave bench/RESULTS.md as it is")
    .addHelpText("after", "\nExample:\n  $ npm run bench -- sealing-writes")
    .action(measureSealingWrites);
}

async function measureSealingWrites(options: SealingOptions): Promise<void> {
  const rounds = new Map<Arm, Round[]>(ARMS.map((arm) => [arm, []]));
  for (let repeat = 0; repeat < options.repeats; repeat++) {
    for (const arm of repeat % 2 === 0 ? ARMS : ARMS.toReversed()) {
      const round = await runRound(arm, repeat, options);
      rounds.get(arm)?.push(round);
      progress(
        `${arm.title}: ${whole(round.requestsPerSecond)} writes/s, ${round.sealed} readings sealed meanwhile`,
      );
    }
  }
  publish({ title: "Writes while hours are sealed", body: report(rounds, options) }, options);
}

async function runRound(
  { title, quietSeconds, seals }: Arm,
  repeat: number,
  options: SealingOptions,
): Promise<Round> {
  const tokenFile = join(await populationFolder(), TOKEN_FILE);
  const folder = await copyOfPrepared(ours);
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  const program = join(import.meta.dir, "serverProgram.ts");
  const server = new PinnedProcess({
    command: [process.execPath, program, folder, String(port), String(quietSeconds)],
    core: SERVER_CORE,
    folder: checkout,
    logFile: join(folder, "server.log"),
  });
  await server.ready(answers(`${url}/health/ready`));
  const { connections, seconds } = options;
  const load = { url, shape: "pulsoid", tokenFile, connections } as const;
  await runWrk({ ...load, seconds: WARM_UP_SECONDS, seed: repeat + 1000 });
  const before = await measures(url);
  const result = await runWrk({ ...load, seconds, seed: repeat });
  const after = await measures(url);
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
  if (!isValid(result)) throw new CommandFailure("A round was refused or broke.");
  if (!seals && after.sealed > 0)
    throw new CommandFailure(`The arm "${title}" sealed ${after.sealed} readings.`);
  return { ...result, sealed: after.sealed - before.sealed, waiting: after.waiting };
}

async function measures(url: string): Promise<{ readonly sealed: number; readonly waiting: number }> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const value = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
  return {
    sealed: value("heartwire_store_sealed_readings"),
    waiting: value("heartwire_store_unsealed_hours"),
  };
}

function report(
  rounds: ReadonlyMap<Arm, readonly Round[]>,
  { repeats, seconds, connections }: SealingOptions,
): string {
  const middle = (arm: Arm, value: (round: Round) => number) => median((rounds.get(arm) ?? []).map(value));
  const rows = ARMS.map((arm) => [
    arm.title,
    whole(middle(arm, (round) => round.requestsPerSecond)),
    decimal(
      middle(arm, (round) => round.p99Ms),
      1,
    ),
    whole(middle(arm, (round) => round.sealed)),
    whole(middle(arm, (round) => round.waiting)),
  ]);
  const [sealing, not] = ARMS.map((arm) => middle(arm, (round) => round.requestsPerSecond)) as [
    number,
    number,
  ];
  const loss = 1 - sealing / not;
  const columns = [
    { heading: "arm" },
    { heading: "writes a second", numeric: true },
    { heading: "p99 ms", numeric: true },
    { heading: "readings sealed meanwhile", numeric: true },
    { heading: "hours still waiting", numeric: true },
  ];
  return `${connections} connections write for ${seconds} s into a store of two million readings whose hours wait to be sealed; medians of
${repeats} rounds of each arm, alternately.

${markdownTable(columns, rows)}

Wanted: at most ${LOSS_MAX * 100} % less. Measured: ${decimal(loss * 100, 1)} %${loss <= LOSS_MAX ? "" : ", which is too much"}.`;
}
