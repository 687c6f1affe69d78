import type { EpochMs } from "../../../src/domain/reading.ts";
import { simulateHeart } from "../../../src/domain/simulatedHeart.ts";
import { decodeWireLine } from "../../../src/exchange/ndjson.ts";

export const TOKENS = [
  "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
  "3f2504e0-4f89-41d3-9a0c-0305e82c3302",
] as const;

/** What the heart of a seed shows in its first seconds. */
export function heart(seed: number, durationS: number): number[] {
  const rates: number[] = [];
  for (const { atMs, bpm } of simulateHeart(seed, 0 as EpochMs)) {
    if (atMs >= durationS * 1000) break;
    rates.push(bpm);
  }
  return rates;
}

/** A server that keeps what it accepts by token, each time once, as the real one does. */
export function startServer(
  answer: (token: string, request: number) => Response | undefined | Promise<Response> = () => undefined,
) {
  const stored = new Map<string, Map<number, number>>();
  let requests = 0;
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      requests += 1;
      const token = request.headers.get("authorization")?.replace("Bearer ", "") ?? "";
      const { reading } = decodeWireLine(await request.text());
      const failed = await answer(token, requests);
      if (failed !== undefined) return failed;
      const readings = stored.get(token) ?? new Map<number, number>();
      stored.set(token, readings);
      if (reading !== undefined && !readings.has(reading.measuredAt)) {
        readings.set(reading.measuredAt, reading.heartRate);
      }
      return Response.json({});
    },
  });
  const rates = (token: string) => [...(stored.get(token)?.values() ?? [])];
  const times = (token: string) => [...(stored.get(token)?.keys() ?? [])];
  return { server, url: new URL(`http://127.0.0.1:${server.port}`), rates, times };
}

/** The error that a promise ends with; an error that says so when it does not. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => new Error("it did not fail"),
    (error: Error) => error,
  );
}
