import { memoryUse } from "../processUse.ts";
import type { Contestant } from "./contestants.ts";
import { type Audience, measure, visit } from "./visits.ts";

/**
 * These come and go first, so that code and what is made once are not counted as memory of listeners. Nothing is
 * written before: the garbage of writes leaves room in which listeners would seem to cost nothing.
 */
const EARLIER_LISTENERS = 200;

/** Long enough for everybody to be pinged once. */
const IDLE_SECONDS = 45;

/** Memory that is given back is given back within this. */
const SETTLE_SECONDS = 5;

export interface Idle {
  /** Resident memory of the server's process, more than before they came, for each of them. */
  readonly bytesAtFirst: number;
  readonly bytesAtLast: number;
  readonly serverCoreShare: number;
  readonly pings: number;
  readonly errors: number;
}

/** What listeners cost to whom nothing is sent but pings. */
export function measureIdle(contestant: Contestant, audience: Audience): Promise<Idle> {
  return visit(contestant, async (visited) => {
    const { server, crowd } = visited;
    await crowd.follow({ order: "listen", listeners: EARLIER_LISTENERS, users: EARLIER_LISTENERS });
    await crowd.follow({ order: "leave" });
    await crowd.follow({ order: "idle", seconds: SETTLE_SECONDS });
    const before = memoryUse(server.process.pid).residentBytes;
    const bytesEach = () => (memoryUse(server.process.pid).residentBytes - before) / audience.listeners;
    await crowd.follow({ order: "listen", ...audience });
    await crowd.follow({ order: "idle", seconds: SETTLE_SECONDS });
    const bytesAtFirst = bytesEach();
    const { serverCoreShare, pings, errors } = await measure(visited, {
      order: "idle",
      seconds: IDLE_SECONDS,
    });
    return { bytesAtFirst, bytesAtLast: bytesEach(), serverCoreShare, pings, errors };
  });
}
