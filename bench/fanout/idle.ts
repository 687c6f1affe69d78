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
  /** Resident memory of the server's process, more than before they came, for each of them: when all had come... */
  readonly bytesAtFirst: number;
  /** ...and when all had been pinged. */
  readonly bytesAtLast: number;
  /** The same of the second half of them alone, whose users were known already. */
  readonly bytesOfSecondHalf: number;
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
    const resident = () => memoryUse(server.process.pid).residentBytes;
    const half = audience.listeners / 2;
    const reached = [resident()];
    for (let come = 0; come < 2; come++) {
      await crowd.follow({ order: "listen", listeners: half, users: audience.users });
      await crowd.follow({ order: "idle", seconds: SETTLE_SECONDS });
      reached.push(resident());
    }
    const [before, middle, after] = reached as [number, number, number];
    const { serverCoreShare, pings, errors } = await measure(visited, {
      order: "idle",
      seconds: IDLE_SECONDS,
    });
    return {
      bytesAtFirst: (after - before) / audience.listeners,
      bytesAtLast: (resident() - before) / audience.listeners,
      bytesOfSecondHalf: (after - middle) / half,
      serverCoreShare,
      pings,
      errors,
    };
  });
}
