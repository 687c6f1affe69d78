import { type Check, Mismatch, NotChecked } from "./check.ts";
import { DOCUMENT_CHECKS } from "./checks/documents.ts";
import { EVERY_ROUTE_CHECKS } from "./checks/everyRoute.ts";
import { FAULT_CHECKS } from "./checks/faults.ts";
import { LATEST_CHECKS } from "./checks/latest.ts";
import { LINK_CHECKS } from "./checks/links.ts";
import { LIVE_CHECKS } from "./checks/live.ts";
import { ROOM_CHECKS } from "./checks/rooms.ts";
import { TOKEN_CHECKS } from "./checks/tokens.ts";
import { WRITE_CHECKS } from "./checks/writes.ts";
import { Kit, type KitOptions } from "./kit.ts";

export type { Check } from "./check.ts";
export type { Hooks, KitOptions } from "./kit.ts";

/** Every check, in the order in which they run. */
export const CHECKS: readonly Check[] = [
  ...TOKEN_CHECKS,
  ...WRITE_CHECKS,
  ...LATEST_CHECKS,
  ...LIVE_CHECKS,
  ...DOCUMENT_CHECKS,
  ...ROOM_CHECKS,
  ...LINK_CHECKS,
  ...EVERY_ROUTE_CHECKS,
  ...FAULT_CHECKS,
];

export interface ConformanceOptions extends KitOptions {
  /** Only checks whose id contains one of these; all when absent. */
  readonly only?: readonly string[];
  /** Also those that wait for times which the wire names: minutes. */
  readonly slow?: boolean;
  /** Told of each result as it is there. */
  readonly onResult?: (result: Result) => void;
}

/** What became of one check. */
export type Result = {
  readonly check: Check;
  readonly tookMs: number;
} & (
  | { readonly outcome: "passed" }
  | { readonly outcome: "failed"; readonly what: string; readonly expected?: string; readonly got?: string }
  | { readonly outcome: "not checked"; readonly reason: string }
);

export interface Report {
  readonly base: string;
  readonly results: readonly Result[];
  readonly passed: number;
  readonly failed: number;
  readonly notChecked: number;
}

/** The kit cannot begin: a token is refused, or the tokens are of different users. */
export class CannotBegin extends Error {
  override name = "CannotBegin";
}

/**
 * Checks a server against the wire, one check after the other.
 *
 * It writes readings of the tokens' user, heart rates of 1 and 65535 among them, and makes widgets: use a user for tests.
 *
 * @throws CannotBegin when a token is refused at the start, or the tokens are not one user's
 */
export async function runConformance(options: ConformanceOptions): Promise<Report> {
  const kit = new Kit(options);
  await begin(kit);
  const chosen = CHECKS.filter(
    ({ id }) => options.only === undefined || options.only.some((part) => id.includes(part)),
  );
  const results: Result[] = [];
  for (const check of [...chosen.filter(({ isLast }) => !isLast), ...chosen.filter(({ isLast }) => isLast)]) {
    const result = check.isSlow && !options.slow ? notAsked(check) : await run(check, kit);
    results.push(result);
    options.onResult?.(result);
  }
  const count = (outcome: Result["outcome"]) => results.filter((result) => result.outcome === outcome).length;
  return {
    base: options.base.origin,
    results,
    passed: count("passed"),
    failed: count("failed"),
    notChecked: count("not checked"),
  };
}

async function begin(kit: Kit): Promise<void> {
  let profiles: readonly unknown[];
  try {
    profiles = await kit.learnScopes();
  } catch (error) {
    throw new CannotBegin(`The tokens cannot be used: ${(error as Error).message}`);
  }
  if (new Set(profiles).size > 1)
    throw new CannotBegin("The tokens are of different users: give those of one.");
}

function notAsked(check: Check): Result {
  return { check, tookMs: 0, outcome: "not checked", reason: "it takes long: ask for it with --slow" };
}

async function run(check: Check, kit: Kit): Promise<Result> {
  const startedAt = performance.now();
  const took = () => ({ check, tookMs: performance.now() - startedAt });
  try {
    await check.run(kit);
    return { ...took(), outcome: "passed" };
  } catch (error) {
    if (error instanceof NotChecked) return { ...took(), outcome: "not checked", reason: error.message };
    if (error instanceof Mismatch) {
      return { ...took(), outcome: "failed", what: error.message, expected: error.expected, got: error.got };
    }
    return { ...took(), outcome: "failed", what: (error as Error).message };
  }
}
