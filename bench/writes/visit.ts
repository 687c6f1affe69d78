import { rmSync } from "node:fs";
import { CommandFailure } from "../../src/cli/failure.ts";
import type { LoadResult } from "../load/loadResult.ts";
import { HISTORIC_READINGS } from "../population.ts";
import { copyPrepared, preparedFolder } from "../prepared.ts";
import { type MemoryUse, memoryUse, processorSeconds } from "../processUse.ts";
import type { Contender, RoundLoad, RunningServer } from "../servers/contender.ts";
import { throwAwayFolder } from "../workspace.ts";

/** Before anything is counted, a server gets this much load: its code is compiled and its caches filled. */
const WARM_UP = { connections: 64, seconds: 1 } as const;

/** One counted round of load on one server. */
export interface Measured {
  readonly connections: number;
  readonly load: LoadResult;
  /** Processor time of the server for one request, all its threads together. */
  readonly processorMicroseconds: number;
  /** Share of its core that the server used, 0 to 1. */
  readonly serverCoreShare: number;
  readonly memory: MemoryUse;
}

/**
 * Starts a contender on a fresh copy of its prepared store, measures it at each count of connections, stops it, and
 * counts what it stored where that can be told.
 *
 * @throws CommandFailure when readings that were answered are not there
 */
export async function visit(
  contender: Contender,
  tokenFile: string,
  rounds: readonly RoundLoad[],
): Promise<readonly Measured[]> {
  const folder = await copyOfPrepared(contender);
  const server = await contender.start(folder, tokenFile);
  const warmUp = await server.load({ ...WARM_UP, seed: rounds[0]!.seed + 1000 });
  const measured: Measured[] = [];
  for (const round of rounds) measured.push(await measure(server, round));
  await server.process.stop();
  const loads = [warmUp, ...measured.map(({ load }) => load)];
  const unread = WARM_UP.connections + rounds.reduce((sum, { connections }) => sum + connections, 0);
  await checkStored(contender, folder, loads, unread);
  rmSync(folder, { recursive: true, force: true });
  return measured;
}

/** A new folder with what is prepared for a contender, if anything is. */
export async function copyOfPrepared(contender: Contender): Promise<string> {
  const folder = throwAwayFolder(contender.key);
  const { prepare, fingerprint } = contender;
  if (prepare === undefined || fingerprint === undefined) return folder;
  copyPrepared(await preparedFolder(contender.key, await fingerprint(), prepare), folder);
  // The copy must not be written out while the server is measured.
  Bun.spawnSync(["sync"]);
  return folder;
}

async function measure(server: RunningServer, round: RoundLoad): Promise<Measured> {
  const { pid } = server.process;
  const processorBefore = processorSeconds(pid);
  const load = await server.load(round);
  const processor = processorSeconds(pid) - processorBefore;
  return {
    connections: round.connections,
    load,
    processorMicroseconds: (processor * 1e6) / load.answered,
    serverCoreShare: processor / (load.answered / load.requestsPerSecond),
    memory: memoryUse(pid),
  };
}

/** wrk leaves without reading the last answer on each connection: those readings may be stored or not. */
async function checkStored(
  contender: Contender,
  folder: string,
  loads: readonly LoadResult[],
  unread: number,
): Promise<void> {
  if (contender.count === undefined) return;
  const answered = loads.reduce((sum, load) => sum + load.answered - load.refused, 0);
  const stored = (await contender.count(folder)) - HISTORIC_READINGS;
  if (stored < answered || stored > answered + unread) {
    throw new CommandFailure(`${contender.title} answered ${answered} new readings and stored ${stored}.`);
  }
}
