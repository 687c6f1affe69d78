import { type ConformanceOptions, type Report, runConformance } from "../../../src/conformance/index.ts";
import type { CheckedServer } from "./checkedServer.ts";
import { MutatingProxy } from "./mutatingProxy.ts";
import type { WrongServer } from "./wrongServer.ts";

/** Long enough for a busy machine, and short for what never comes. */
const ANSWER_TIMEOUT_MS = 1_500;

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
