import {
  type ConformanceOptions,
  listChecks,
  type Report,
  runConformance,
} from "../../../src/conformance/index.ts";
import { CheckedServer } from "./checkedServer.ts";
import { MutatingProxy } from "./mutatingProxy.ts";
import { QUICK_TIMES } from "./quickTimes.ts";
import type { WrongServer } from "./wrongServer.ts";

/** Long enough for a busy machine, and short for what never comes. */
const ANSWER_TIMEOUT_MS = 2_000;

/** Runs the kit against a wrong server. */
export async function caught(server: CheckedServer, wrong: WrongServer, scope: Scope): Promise<Report> {
  const given = await server.options();
  using proxy = await MutatingProxy.start(server.origin, wrong.fault?.(given) ?? {});
  const areas = areasOf(wrong, scope);
  return await runConformance({
    ...given,
    // On a busy machine it may have expired before a run of other areas has begun.
    expiringToken: areas.includes("expiry") ? given.expiringToken : undefined,
    base: proxy.origin,
    hooks: wrong.hooks?.(server.hooks) ?? server.hooks,
    only: areas.join(","),
    slow: true,
    ours: true,
    slowTimes: QUICK_TIMES,
    answerTimeoutMs: ANSWER_TIMEOUT_MS,
  } satisfies ConformanceOptions);
}

/** Where a wrong server is looked at: everywhere takes three times as long. */
export type Scope = "areas of its rules" | "everywhere";

/** Areas that wait for time to pass, or need the operator's hand for everything: they run where the fault is theirs. */
const LONG = [
  "expiry",
  "timing",
  "revocation",
  "restart",
  "store-failure",
  "token-store-failure",
  "oauth-device-poll",
  "oauth-device-expiry",
  "oauth-refresh",
  "oauth-revoke",
  "oauth-revoked-pair",
];

const areaOf = (id: string) => id.split(".")[0] ?? "";
const AREAS = new Set(listChecks().map(({ id }) => areaOf(id)));

/** The areas in which the wrong server fails something, and everywhere those too that are quick. */
function areasOf({ fails }: WrongServer, scope: Scope): readonly string[] {
  const own = new Set(fails.map(areaOf));
  return [...AREAS].filter((area) => own.has(area) || (scope === "everywhere" && !LONG.includes(area)));
}

export function failedIn({ results }: Report): readonly string[] {
  return results.filter(({ outcome }) => outcome === "failed").map(({ id }) => id);
}

/** What was not checked, but for what looks back at other areas, which may not have run. */
export function leftOutIn({ results }: Report): readonly string[] {
  return results
    .filter(({ id, outcome }) => outcome === "not checked" && areaOf(id) !== "whole-run")
    .map(({ id }) => id);
}

/** How many wrong servers are looked at side by side: most of the time something is waited for that never comes. */
const LANES = 6;

/** Runs the kit against every wrong server. @returns what came of each, as soon as it is there */
export function catchAll(
  wrongServers: readonly WrongServer[],
  scope: Scope,
): {
  readonly reports: ReadonlyMap<WrongServer, Promise<Report>>;
  readonly done: Promise<unknown>;
} {
  const waiting = wrongServers.map((wrong) => ({ wrong, ...Promise.withResolvers<Report>() }));
  const reports = new Map(waiting.map(({ wrong, promise }) => [wrong, promise]));
  const lane = async () => {
    await using server = await CheckedServer.start();
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { wrong, resolve, reject } = next;
      await caught(server, wrong, scope).then(resolve, reject);
    }
  };
  return { reports, done: Promise.all(Array.from({ length: LANES }, lane)) };
}
