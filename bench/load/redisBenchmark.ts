import { CommandFailure } from "../../src/cli/failure.ts";
import { LOAD_CORE, pinnedTo } from "../pinnedProcess.ts";
import type { LoadResult } from "./loadResult.ts";

export interface RedisRound {
  readonly port: number;
  readonly keys: number;
  readonly connections: number;
  readonly requests: number;
}

/** Appends readings to random streams, one command at a time a connection, no pipelining. */
export async function runRedisBenchmark(round: RedisRound): Promise<LoadResult> {
  const load = ["-c", `${round.connections}`, "-n", `${round.requests}`, "-r", `${round.keys}`, "--csv"];
  const append = ["XADD", "user:__rand_int__", "*", "bpm", "75"];
  const command = ["redis-benchmark", "-h", "127.0.0.1", "-p", `${round.port}`, ...load, ...append];
  const startedAtMs = performance.now();
  const benchmark = Bun.spawn(pinnedTo(LOAD_CORE, command), { stdout: "pipe", stderr: "pipe" });
  const [output, complaint] = await Promise.all([
    new Response(benchmark.stdout).text(),
    new Response(benchmark.stderr).text(),
  ]);
  const durationMs = performance.now() - startedAtMs;
  if ((await benchmark.exited) !== 0)
    throw new CommandFailure(`redis-benchmark failed: ${complaint}${output}`);
  const processorMs = Number(benchmark.resourceUsage()?.cpuTime.total ?? 0) / 1000;
  // test, rps, average, minimum, p50, p95, p99, maximum; all latencies in milliseconds
  const row = output.trim().split("\n").at(-1) ?? "";
  const cells = row.split('","').map((cell) => Number(cell.replaceAll('"', "")));
  if (!(cells[1]! > 0)) throw new CommandFailure(`redis-benchmark printed something unknown:\n${output}`);
  return {
    answered: round.requests,
    requestsPerSecond: cells[1]!,
    p50Ms: cells[4]!,
    p99Ms: cells[6]!,
    // It leaves at the first error, and that was thrown above.
    refused: 0,
    broken: 0,
    loadCoreShare: processorMs / durationMs,
  };
}
