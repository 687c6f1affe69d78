import { memoryUse } from "../processUse.ts";
import type { Contestant } from "./contestants.ts";
import { gather, type Measured, measure, visit } from "./visits.ts";

/** Of a thousand listeners of one user one stops to read. */
export const HEARING = 999;

/** A listener that answers no ping is cut after a minute at most (socketIdleSeconds), and the round goes on a while. */
const SECONDS_WITH = 70;

const SECONDS_WITHOUT = 35;
const SAMPLE_INTERVAL_MS = 1_000;

export interface StopsReading {
  readonly without: Measured;
  readonly with: Measured;
  readonly residentBytesBefore: number;
  readonly residentBytesMost: number;
  /** After so many seconds the server had closed the one that did not read; NaN when it had not. */
  readonly closedAfterSeconds: number;
}

/** What becomes of the others, and of the server's memory, while one listener reads nothing. */
export function measureStopsReading(contestant: Contestant, writesPerSecond: number): Promise<StopsReading> {
  return visit(contestant, async (visited) => {
    const { crowd, server } = visited;
    await gather(visited, { listeners: HEARING, users: 1 });
    await crowd.follow({ order: "rate", seconds: 5, writesPerSecond });
    const without = await measure(visited, { order: "rate", seconds: SECONDS_WITHOUT, writesPerSecond });
    const residentBytesBefore = memoryUse(server.process.pid).residentBytes;
    await crowd.follow({ order: "stopReading" });
    const began = performance.now();
    let residentBytesMost = 0;
    let closedAfterSeconds = Number.NaN;
    let looking = false;
    const look = async () => {
      residentBytesMost = Math.max(residentBytesMost, memoryUse(server.process.pid).residentBytes);
      if (looking || !Number.isNaN(closedAfterSeconds)) return;
      looking = true;
      if ((await openSockets(server.url)) === HEARING)
        closedAfterSeconds = (performance.now() - began) / 1_000;
      looking = false;
    };
    const sampling = setInterval(() => void look(), SAMPLE_INTERVAL_MS);
    const rate = { order: "rate", seconds: SECONDS_WITH, writesPerSecond } as const;
    const seen = await measure(visited, rate).finally(() => clearInterval(sampling));
    return { without, with: seen, residentBytesBefore, residentBytesMost, closedAfterSeconds };
  });
}

async function openSockets(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^heartwire_sockets_open (\S+)$/m.exec(text)?.[1]);
}
