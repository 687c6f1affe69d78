import { CHECKS } from "./checks/index.ts";
import { clearUp } from "./clearUp.ts";
import { inSeconds, type Target } from "./client/connection.ts";
import { Kit } from "./kit.ts";
import { callbackOf } from "./oauth/consent.ts";
import { type ConformanceOptions, type Report, UnusableOptions } from "./options.ts";
import { runChecks } from "./runner.ts";
import { requireUuids } from "./secrets.ts";
import { chosenChecks } from "./selection.ts";

export { NoAnswer } from "./client/connection.ts";
export { toJUnit } from "./junit.ts";
export type {
  ConformanceOptions,
  Hook,
  HookDetails,
  Hooks,
  Outcome,
  Report,
  Result,
  SlowTimes,
} from "./options.ts";
export { UnusableOptions } from "./options.ts";
export { type Listed, listChecks } from "./selection.ts";

/** How long a server may take to answer. */
const ANSWER_TIMEOUT_MS = 5_000;

/**
 * Checks a server against the Pulsoid wire. It writes readings of the test user, and makes widgets of theirs.
 *
 * @throws UnusableOptions when a token is refused, or tokens do not fit each other, or the user has a reading of tomorrow, or
 *   the port of the redirect address is taken, or no check is asked for; NoAnswer when no server answers at the address
 */
export async function runConformance(options: ConformanceOptions): Promise<Report> {
  const startedAt = new Date();
  const target = targetOf(options);
  const checks = chosenChecks(CHECKS, options);
  requireUuids(options);
  const kit = await Kit.open(options, target);
  // Opened now, because a port that is taken is no fault of the server's.
  if (options.clientId !== undefined || options.publicClientId !== undefined) await callbackOf(kit);
  const results = await runChecks(kit, checks);
  await clearUp(kit);
  for (const open of kit.shared.closing) open[Symbol.dispose]();
  const count = (outcome: string) => results.filter((result) => result.outcome === outcome).length;
  return {
    base: target.base.href,
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    passed: count("passed"),
    failed: count("failed"),
    notChecked: count("not checked"),
    results,
  };
}

function targetOf({ base, authority, answerTimeoutMs = ANSWER_TIMEOUT_MS }: ConformanceOptions): Target {
  const url = URL.canParse(String(base)) ? new URL(base) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== "" || url.username !== "") {
    throw new UnusableOptions(`The base must be an address such as http://localhost:4327, got "${base}".`);
  }
  if (!(answerTimeoutMs > 0 && answerTimeoutMs <= ANSWER_TIMEOUT_MAX_MS)) {
    throw new UnusableOptions(
      `A server may take up to ${inSeconds(ANSWER_TIMEOUT_MAX_MS)} to answer, and longer than 0.`,
    );
  }
  return { base: url, authority, answerTimeoutMs };
}

/** Longer than this, checks would run into their own bound. */
const ANSWER_TIMEOUT_MAX_MS = 30_000;
