import { join } from "node:path";
import { Command } from "commander";
import { CommandFailure } from "../../src/cli/failure.ts";
import { isValid } from "../load/loadResult.ts";
import type { OpenLoopResult } from "../load/openLoopRound.ts";
import { positiveInteger } from "../options.ts";
import { populationFolder, TOKEN_FILE } from "../population.ts";
import { publish } from "../results.ts";
import type { Contender, ContenderKey, RoundLoad } from "../servers/contender.ts";
import { nginx } from "../servers/nginx.ts";
import { ours } from "../servers/ours.ts";
import { median } from "../statistics.ts";
import { progress } from "../workspace.ts";
import { CONTENDERS } from "./contenders.ts";
import { measureAtRate } from "./halfRate.ts";
import { type AtHalfRate, type Findings, writesReport } from "./report.ts";
import { type Measured, visit } from "./visit.ts";

const CONNECTIONS = [64, 256] as const;

/** The latencies at half of the top rate are the medians of this many rounds. */
const HALF_RATE_ROUNDS = 5;

interface WritesOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly halfRateSeconds: number;
  readonly only?: string;
  readonly save: boolean;
}

export function writesCommand(): Command {
  return new Command("writes")
    .description("Compare durable writes with other servers, side by side (about 11 minutes)")
    .option("--rounds <number>", "interleaved rounds; the table shows medians", positiveInteger, 5)
    .option("--seconds <number>", "length of a round at one count of connections", positiveInteger, 7)
    .option("--half-rate-seconds <number>", "length of a round at a fixed rate", positiveInteger, 10)
    .option("--only <keys>", `some contenders: ${CONTENDERS.map(({ key }) => key).join(",")}`)
    .option("--no-save", "print the table and leave bench/RESULTS.md as it is")
    .addHelpText(
      "after",
      "\nExamples:\n  $ npm run bench -- writes\n  $ npm run bench -- writes --only bare,ours --no-save",
    )
    .action(compareWrites);
}

async function compareWrites(options: WritesOptions): Promise<void> {
  const { present, absent } = chosenContenders(options.only?.split(","));
  const tokenFile = join(await populationFolder(), TOKEN_FILE);
  const measured = await interleavedRounds(present, tokenFile, options);
  const halfRate = await latenciesAtHalfRate(present, tokenFile, options, measured);
  const findings: Findings = { present, absent, measured, halfRate, connections: CONNECTIONS };
  publish({ title: "Writes", body: writesReport(findings, options) }, options);
}

function chosenContenders(keys: readonly string[] | undefined): Pick<Findings, "present" | "absent"> {
  const chosen = CONTENDERS.filter(({ key }) => keys?.includes(key) ?? true);
  if (Bun.which("wrk") === null) throw new CommandFailure("wrk is not installed. On Debian: apt install wrk");
  return {
    present: chosen.filter((contender) => contender.version() !== undefined),
    absent: chosen.filter((contender) => contender.version() === undefined),
  };
}

/** Every contender once a round, each time in another order, so that a slow minute of the machine meets all alike. */
async function interleavedRounds(
  contenders: readonly Contender[],
  tokenFile: string,
  { rounds, seconds }: WritesOptions,
): Promise<ReadonlyMap<ContenderKey, readonly Measured[]>> {
  const measured = new Map<ContenderKey, Measured[]>(contenders.map(({ key }) => [key, []]));
  for (let round = 0; round < rounds; round++) {
    const counts = round % 2 === 0 ? CONNECTIONS : CONNECTIONS.toReversed();
    const loads: readonly RoundLoad[] = counts.map((connections) => ({
      connections,
      seconds,
      seed: round + 1,
    }));
    for (const contender of rotated(contenders, round)) {
      const found = await visit(contender, tokenFile, loads);
      measured.get(contender.key)!.push(...found);
      const rates = found.map(({ connections, load }) => {
        const errors = isValid(load)
          ? ""
          : ` (not counted: ${load.refused} refused, ${load.broken} broken or late)`;
        return `${Math.round(load.requestsPerSecond)}/s at ${connections}${errors}`;
      });
      progress(`round ${round + 1} of ${rounds}: ${contender.title} ${rates.join(", ")}`);
    }
  }
  return measured;
}

function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const first = by % Math.max(1, items.length);
  return [...items.slice(first), ...items.slice(0, first)];
}

/** Ours at half of its own top rate; nginx at the same rate shows what the generator itself adds. */
async function latenciesAtHalfRate(
  contenders: readonly Contender[],
  tokenFile: string,
  { halfRateSeconds: seconds }: WritesOptions,
  measured: ReadonlyMap<ContenderKey, readonly Measured[]>,
): Promise<readonly AtHalfRate[]> {
  const found: AtHalfRate[] = [];
  for (const connections of CONNECTIONS) {
    const top = measured.get("ours")?.filter((one) => one.connections === connections && isValid(one.load));
    if (top === undefined || top.length === 0) continue;
    const requestsPerSecond = Math.round(median(top.map(({ load }) => load.requestsPerSecond)) / 2);
    const asked = [nginx, ours].filter((one) => contenders.includes(one));
    const results = asked.map((): OpenLoopResult[] => []);
    for (let seed = 1; seed <= HALF_RATE_ROUNDS; seed++) {
      for (const [place, contender] of asked.entries()) {
        const result = await measureAtRate(contender, tokenFile, {
          connections,
          requestsPerSecond,
          seconds,
          seed,
        });
        results[place]!.push(result);
        progress(
          `${contender.title} at ${requestsPerSecond}/s, ${connections} connections: p99 ${result.p99Ms.toFixed(2)} ms`,
        );
      }
    }
    for (const [place, contender] of asked.entries()) {
      found.push({ contender, connections, requestsPerSecond, results: results[place]! });
    }
  }
  return found;
}
