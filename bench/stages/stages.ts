import { rmSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { runWrk } from "../load/wrk.ts";
import { positiveInteger } from "../options.ts";
import { answers, PinnedProcess, SERVER_CORE } from "../pinnedProcess.ts";
import { populationFolder, TOKEN_FILE } from "../population.ts";
import { copyPrepared } from "../prepared.ts";
import { processorSeconds } from "../processUse.ts";
import { publish } from "../results.ts";
import { bare } from "../servers/bare.ts";
import type { RunningServer } from "../servers/contender.ts";
import { ours } from "../servers/ours.ts";
import { median } from "../statistics.ts";
import { decimal, markdownTable } from "../table.ts";
import { checkout, freePort, progress, throwAwayFolder } from "../workspace.ts";
import { copyOfPrepared } from "../writes/visit.ts";

const CONNECTIONS = 256;
const WARM_UP_SECONDS = 1;

/** One more step of a write than the stage before. */
interface Stage {
  readonly title: string;
  start(tokenFile: string): Promise<{ readonly server: RunningServer; readonly folder: string }>;
}

const STAGES: readonly Stage[] = [
  { title: "Bun takes the request and answers", start: (tokenFile) => startProgram("answer", tokenFile) },
  { title: "and the token is read and looked up", start: (tokenFile) => startProgram("token", tokenFile) },
  {
    title: "and the body is read and checked: this is (a)",
    async start(tokenFile) {
      const folder = throwAwayFolder(bare.key);
      return { folder, server: await bare.start(folder, tokenFile) };
    },
  },
  {
    title: "and everything else but the store",
    start: (tokenFile) => startProgram("all but the store", tokenFile),
  },
  {
    title: "and the store: this is (b)",
    async start(tokenFile) {
      const folder = await copyOfPrepared(ours);
      return { folder, server: await ours.start(folder, tokenFile) };
    },
  },
];

interface StagesOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly save: boolean;
}

export function stagesCommand(): Command {
  return new Command("stages")
    .description("Show where the processor time of a write goes, step by step (about 3 minutes)")
    .option("--rounds <number>", "interleaved rounds; the table shows medians", positiveInteger, 5)
    .option("--seconds <number>", "length of a round", positiveInteger, 4)
    .option("--no-save", "print the table and leave bench/RESULTS.md as it is")
    .addHelpText("after", "\nExample:\n  $ npm run bench -- stages")
    .action(measureStages);
}

async function measureStages({ rounds, seconds, save }: StagesOptions): Promise<void> {
  const tokenFile = join(await populationFolder(), TOKEN_FILE);
  const found = STAGES.map((): number[] => []);
  for (let round = 1; round <= rounds; round++) {
    for (const [place, stage] of STAGES.entries()) {
      const microseconds = await measure(stage, tokenFile, seconds, round);
      found[place]!.push(microseconds);
      progress(`round ${round} of ${rounds}: ${stage.title}: ${decimal(microseconds, 1)} µs`);
    }
  }
  publish({ title: "Stages of a write", body: report(found, { rounds, seconds }) }, { save });
}

/** @returns processor time of the server for one request, all its threads together, in microseconds */
async function measure(stage: Stage, tokenFile: string, seconds: number, seed: number): Promise<number> {
  const { server, folder } = await stage.start(tokenFile);
  await server.load({ connections: CONNECTIONS, seconds: WARM_UP_SECONDS, seed: seed + 1000 });
  const before = processorSeconds(server.process.pid);
  const { answered } = await server.load({ connections: CONNECTIONS, seconds, seed });
  const used = processorSeconds(server.process.pid) - before;
  await server.process.stop();
  rmSync(folder, { recursive: true, force: true });
  return (used * 1e6) / answered;
}

async function startProgram(
  stage: string,
  tokenFile: string,
): Promise<{ readonly server: RunningServer; readonly folder: string }> {
  const folder = throwAwayFolder("stage");
  copyPrepared(await populationFolder(), folder);
  const port = freePort();
  const program = join(import.meta.dir, "stageProgram.ts");
  const started = new PinnedProcess({
    command: [process.execPath, program, `${port}`, join(folder, "control.db"), stage],
    core: SERVER_CORE,
    folder: checkout,
    logFile: join(folder, "log"),
  });
  const url = `http://127.0.0.1:${port}`;
  await started.ready(answers(`${url}/health/ready`));
  const load: RunningServer["load"] = (round) => runWrk({ ...round, url, shape: "pulsoid", tokenFile });
  return { folder, server: { process: started, load } };
}

function report(
  found: readonly (readonly number[])[],
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): string {
  const medians = found.map(median);
  const rows = STAGES.map(({ title }, place) => [
    title,
    decimal(medians[place]!, 1),
    place === 0 ? "" : decimal(medians[place]! - medians[place - 1]!, 1),
  ]);
  const columns = [
    { heading: "what is done" },
    { heading: "CPU µs/request", numeric: true },
    { heading: "more than before", numeric: true },
  ];
  return [
    `Processor time of the server for one request, kernel included, all threads on one core; ${CONNECTIONS} connections, medians of
${rounds} interleaved rounds of ${seconds} s. Each row does what the rows above it do, and one thing more.`,
    markdownTable(columns, rows),
    `The last step is the insertion, the log, the fsync, the index, the packing in the background, two threads that take
turns on one core, and what they do to each other's caches.`,
  ].join("\n\n");
}
