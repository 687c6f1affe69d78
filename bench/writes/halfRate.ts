import { rmSync } from "node:fs";
import { type OpenLoopResult, runOpenLoop } from "../load/openLoopRound.ts";
import type { Contender } from "../servers/contender.ts";
import { copyOfPrepared } from "./visit.ts";

/** Top-rate load before the latencies are counted. */
const WARM_UP_SECONDS = 2;

export interface HalfRateRound {
  readonly connections: number;
  readonly requestsPerSecond: number;
  readonly seconds: number;
  readonly seed: number;
}

/** Latencies of a contender at a fixed rate, on a fresh copy of its prepared store. */
export async function measureAtRate(
  contender: Contender,
  tokenFile: string,
  round: HalfRateRound,
): Promise<OpenLoopResult> {
  const folder = await copyOfPrepared(contender);
  const server = await contender.start(folder, tokenFile);
  await server.load({ connections: round.connections, seconds: WARM_UP_SECONDS, seed: round.seed });
  const result = await runOpenLoop({ ...round, url: server.pulsoidUrl!, tokenFile, seed: round.seed + 1 });
  await server.process.stop();
  rmSync(folder, { recursive: true, force: true });
  return result;
}
