import { join } from "node:path";
import { CommandFailure } from "../../src/cli/failure.ts";
import { LOAD_CORE, pinnedTo } from "../pinnedProcess.ts";
import type { LoadResult } from "./loadResult.ts";

/** The bodies that `write.lua` can make. */
export type BodyShape = "pulsoid" | "prometheus" | "influx";

export interface WrkRound {
  readonly url: string;
  readonly shape: BodyShape;
  readonly tokenFile: string;
  readonly connections: number;
  readonly seconds: number;
  /** Decides the order of the users. */
  readonly seed: number;
}

const script = join(import.meta.dir, "write.lua");

/** Loads a server for some seconds as hard as it can. @throws CommandFailure when wrk itself fails */
export async function runWrk(round: WrkRound): Promise<LoadResult> {
  const command = ["wrk", "-t", "1", "-c", `${round.connections}`, "-d", `${round.seconds}s`, "--latency"];
  const load_ = ["-s", script, round.url, "--", round.shape, round.tokenFile, `${round.seed}`];
  const wrk = Bun.spawn(pinnedTo(LOAD_CORE, [...command, ...load_]), { stdout: "pipe", stderr: "pipe" });
  const [output, complaint] = await Promise.all([
    new Response(wrk.stdout).text(),
    new Response(wrk.stderr).text(),
  ]);
  if ((await wrk.exited) !== 0) throw new CommandFailure(`wrk failed: ${complaint}${output}`);
  const processorSeconds = Number(wrk.resourceUsage()?.cpuTime.total ?? 0) / 1e6;
  return readWrkOutput(output, processorSeconds);
}

/** Reads what wrk prints. @throws CommandFailure when it is not what wrk 4 prints */
export function readWrkOutput(output: string, processorSeconds: number): LoadResult {
  const total = /(\d+) requests in ([\d.]+)(us|ms|s|m|h)/.exec(output);
  const p50 = /50%\s+([\d.]+)(us|ms|s|m)/.exec(output);
  const p99 = /99%\s+([\d.]+)(us|ms|s|m)/.exec(output);
  if (!total || !p50 || !p99) throw new CommandFailure(`wrk printed something unknown:\n${output}`);
  const answered = Number(total[1]);
  const durationMs = inMs(total[2]!, total[3]!);
  const refused = /Non-2xx or 3xx responses: (\d+)/.exec(output);
  const broken = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(output);
  const brokenCount = broken ? broken.slice(1).reduce((sum, count) => sum + Number(count), 0) : 0;
  return {
    answered,
    requestsPerSecond: (answered / durationMs) * 1000,
    p50Ms: inMs(p50[1]!, p50[2]!),
    p99Ms: inMs(p99[1]!, p99[2]!),
    refused: Number(refused?.[1] ?? 0),
    broken: brokenCount,
    loadCoreShare: (processorSeconds * 1000) / durationMs,
  };
}

const MS_OF: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function inMs(amount: string, unit: string): number {
  return Number(amount) * MS_OF[unit]!;
}
