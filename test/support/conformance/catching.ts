import { type ConformanceOptions, type Report, runConformance } from "../../../src/conformance/index.ts";
import { CheckedServer } from "./checkedServer.ts";
import { MutatingProxy } from "./mutatingProxy.ts";
import type { WrongServer } from "./wrongServer.ts";

/** Long enough for a busy machine, and short for what never comes. */
const ANSWER_TIMEOUT_MS = 2_000;

/** Times of the slow checks for tests of the kit: what they are about happens at once here. */
export const QUICK_TIMES = {
  quietMs: 400,
  pingingMs: 200,
  pingEveryMs: 40,
  steadyMs: 200,
  steadyEveryMs: 40,
} as const;

/** Runs the checks of the areas that a wrong server fails. @returns the ids of those that failed */
export async function caught(server: CheckedServer, wrong: WrongServer): Promise<Report> {
  const given = await server.options();
  using proxy = await MutatingProxy.start(server.origin, wrong.fault?.(given) ?? {});
  return await runConformance({
    ...given,
    base: proxy.origin,
    hooks: wrong.hooks?.(server.hooks) ?? server.hooks,
    only: areasOf(wrong).join(","),
    slow: true,
    slowTimes: QUICK_TIMES,
    answerTimeoutMs: ANSWER_TIMEOUT_MS,
  } satisfies ConformanceOptions);
}

function areasOf({ fails, beside = [] }: WrongServer): readonly string[] {
  return [...new Set([...fails.map((id) => id.split(".")[0] ?? ""), ...beside])];
}

export function failedIn({ results }: Report): readonly string[] {
  return results.filter(({ outcome }) => outcome === "failed").map(({ id }) => id);
}

/** How many wrong servers are looked at side by side: most of the time something is waited for that never comes. */
const LANES = 3;

/** Runs the kit against every wrong server. @returns what came of each, as soon as it is there */
export function catchAll(wrongServers: readonly WrongServer[]): {
  readonly reports: ReadonlyMap<WrongServer, Promise<Report>>;
  readonly done: Promise<unknown>;
} {
  const waiting = wrongServers.map((wrong) => ({ wrong, ...Promise.withResolvers<Report>() }));
  const reports = new Map(waiting.map(({ wrong, promise }) => [wrong, promise]));
  const lane = async () => {
    await using server = await CheckedServer.start();
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { wrong, resolve, reject } = next;
      await caught(server, wrong).then(resolve, reject);
    }
  };
  return { reports, done: Promise.all(Array.from({ length: LANES }, lane)) };
}
