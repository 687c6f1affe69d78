import { rmSync } from "node:fs";
import { join } from "node:path";
import { populationFolder, TOKEN_FILE } from "../population.ts";
import { processorSeconds } from "../processUse.ts";
import type { Contestant, RunningContestant } from "./contestants.ts";
import { Crowd } from "./crowd.ts";
import type { Order, Seen } from "./orders.ts";

/** Writes that nobody listens to: as on a server that has run for a while, the code is compiled and caches are filled. */
const WARM_UP: Order = { order: "top", seconds: 2, underWay: 64 };

/** Fan-out before anything is counted. */
const FAN_OUT_WARM_UP: Order = { order: "top", seconds: 1, underWay: 1 };

/** Who listens to whom. */
export interface Audience {
  readonly listeners: number;
  readonly users: number;
}

/** What was seen, and what it cost the server. */
export interface Measured extends Seen {
  readonly deliveriesPerSecond: number;
  /** Processor time of the server for one delivery, all its threads together, the writes included. */
  readonly processorMicroseconds: number;
  /** Share of its core that the server used, 0 to 1. */
  readonly serverCoreShare: number;
}

/** A contestant that was started and warmed up, with its crowd. */
export interface Visited {
  readonly server: RunningContestant;
  readonly crowd: Crowd;
}

/** Starts a contestant and a crowd, and ends them after the work. */
export async function visit<Result>(
  contestant: Contestant,
  work: (visited: Visited) => Promise<Result>,
): Promise<Result> {
  const server = await contestant.start();
  const crowd = new Crowd({ url: server.url, tokenFile: join(await populationFolder(), TOKEN_FILE) });
  try {
    return await work({ server, crowd });
  } finally {
    await crowd.end();
    await server.process.stop();
    rmSync(server.folder, { recursive: true, force: true });
  }
}

/** Warms a contestant up, and then has listeners come. */
export async function gather({ crowd }: Visited, audience: Audience): Promise<void> {
  await crowd.follow(WARM_UP);
  await crowd.follow({ order: "listen", ...audience });
}

/** Has a crowd follow an order, and looks what the server used meanwhile. */
export async function measure({ server, crowd }: Visited, order: Order): Promise<Measured> {
  const before = processorSeconds(server.process.pid);
  const seen = await crowd.follow(order);
  const processor = processorSeconds(server.process.pid) - before;
  return {
    ...seen,
    deliveriesPerSecond: (seen.deliveries * 1_000) / seen.tookMs,
    processorMicroseconds: (processor * 1e6) / seen.deliveries,
    serverCoreShare: (processor * 1_000) / seen.tookMs,
  };
}

/** Deliveries as fast as the server makes them, with so many writes under way at a time. */
export function measureTopRate(
  contestant: Contestant,
  audience: Audience,
  { underWay, seconds }: { readonly underWay: number; readonly seconds: number },
): Promise<Measured> {
  return visit(contestant, async (visited) => {
    await gather(visited, audience);
    await visited.crowd.follow(FAN_OUT_WARM_UP);
    return measure(visited, { order: "top", seconds, underWay });
  });
}

/** Deliveries at a fixed rate of writes, and how long they take. */
export function measureAtRate(
  contestant: Contestant,
  audience: Audience,
  { writesPerSecond, seconds }: { readonly writesPerSecond: number; readonly seconds: number },
): Promise<Measured> {
  return visit(contestant, async (visited) => {
    await gather(visited, audience);
    await visited.crowd.follow({ order: "rate", seconds: 1, writesPerSecond });
    return measure(visited, { order: "rate", seconds, writesPerSecond });
  });
}
