import { memoryUse } from "../processUse.ts";
import type { Contestant } from "./contestants.ts";
import { gather, type Measured, measure, type Visited, visit } from "./visits.ts";

/** Of a thousand listeners of one user one stops to read. */
export const HEARING = 999;

/** A listener that answers no ping is cut after a minute at most (socketIdleSeconds), and the round goes on a while. */
const SECONDS_WITH = 70;

/** As long without it: a server that has just started grows by itself. */
const SECONDS_WITHOUT = SECONDS_WITH;
const SAMPLE_INTERVAL_MS = 1_000;

export interface StopsReading {
  readonly without: Measured;
  readonly with: Measured;
  /** The most resident memory of the server's process, while all read and while one does not. */
  readonly residentBytesWithout: number;
  readonly residentBytesWith: number;
  /** After so many seconds the server had closed the one that did not read; NaN when it had not. */
  readonly closedAfterSeconds: number;
}

/** What becomes of the others, and of the server's memory, while one listener reads nothing. */
export function measureStopsReading(contestant: Contestant, writesPerSecond: number): Promise<StopsReading> {
  return visit(contestant, async (visited) => {
    const { crowd, server } = visited;
    await gather(visited, { listeners: HEARING, users: 1 });
    await crowd.follow({ order: "rate", seconds: 5, writesPerSecond });
    const alone = await watched(visited, { seconds: SECONDS_WITHOUT, writesPerSecond });
    await crowd.follow({ order: "stopReading" });
    const began = performance.now();
    let closedAfterSeconds = Number.NaN;
    const look = async () => {
      if (Number.isNaN(closedAfterSeconds) && (await openSockets(server.url)) === HEARING)
        closedAfterSeconds = (performance.now() - began) / 1_000;
    };
    const beside = await watched(visited, { seconds: SECONDS_WITH, writesPerSecond }, look);
    return {
      without: alone.seen,
      with: beside.seen,
      residentBytesWithout: alone.residentBytes,
      residentBytesWith: beside.residentBytes,
      closedAfterSeconds,
    };
  });
}

/** Measures at a rate, and how much memory the server has at most meanwhile. */
async function watched(
  visited: Visited,
  rate: { readonly seconds: number; readonly writesPerSecond: number },
  look: () => Promise<void> = async () => {},
): Promise<{ readonly seen: Measured; readonly residentBytes: number }> {
  const { pid } = visited.server.process;
  let residentBytes = 0;
  let looking = false;
  const sample = async () => {
    residentBytes = Math.max(residentBytes, memoryUse(pid).residentBytes);
    if (looking) return;
    looking = true;
    await look().finally(() => {
      looking = false;
    });
  };
  const sampling = setInterval(() => void sample(), SAMPLE_INTERVAL_MS);
  const seen = await measure(visited, { order: "rate", ...rate }).finally(() => clearInterval(sampling));
  return { seen, residentBytes };
}

async function openSockets(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/^heartwire_sockets_open (\S+)$/m.exec(text)?.[1]);
}
