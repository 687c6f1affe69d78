import { join } from "node:path";
import { CommandFailure } from "../../src/cli/failure.ts";
import { LOAD_CORE, pinnedTo } from "../pinnedProcess.ts";

export interface OpenLoopRound {
  readonly url: string;
  readonly tokenFile: string;
  readonly connections: number;
  readonly requestsPerSecond: number;
  readonly seconds: number;
  readonly seed: number;
}

/** Latencies counted from the intended send time. */
export interface OpenLoopResult {
  readonly answered: number;
  /** Answers other than 200, broken connections, and requests that were never answered. */
  readonly errors: number;
  /** What was reached; below what was asked for, the latencies say how far behind the server fell. */
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
  /** The generator watches its clock without a pause, so this is near 1 always. */
  readonly loadCoreShare: number;
}

/** Runs the open-loop generator on the core for load. */
export async function runOpenLoop(round: OpenLoopRound): Promise<OpenLoopResult> {
  const command = [process.execPath, join(import.meta.dir, "openLoop.ts"), JSON.stringify(round)];
  const generator = Bun.spawn(pinnedTo(LOAD_CORE, command), { stdout: "pipe", stderr: "inherit" });
  const output = await new Response(generator.stdout).text();
  if ((await generator.exited) !== 0) throw new CommandFailure("The open-loop generator failed.");
  return JSON.parse(output) as OpenLoopResult;
}
