import type { Check } from "./check.ts";
import { NoAnswer } from "./client/connection.ts";
import { Mismatch } from "./expectations.ts";
import type { Kit } from "./kit.ts";
import type { ConformanceOptions, Outcome, Result } from "./options.ts";

/** Runs checks one after the other: they share a user. */
export async function runChecks(kit: Kit, checks: readonly Check[]): Promise<readonly Result[]> {
  const results: Result[] = [];
  const redact = redactor(kit.options);
  for (const check of checks) {
    kit.options.onStart?.(check.id);
    const startedAt = performance.now();
    const outcome = redacted(await outcomeOf(kit, check), redact);
    const { id, section, sentence } = check;
    const result = {
      id,
      section,
      sentence,
      ...outcome,
      durationMs: Math.round(performance.now() - startedAt),
    };
    results.push(result);
    kit.options.onResult?.(result);
  }
  return results;
}

async function outcomeOf(kit: Kit, check: Check): Promise<Outcome> {
  const missing = check.needs.filter((need) => !need.isMet(kit)).map(({ words }) => words);
  if (missing.length > 0) return { outcome: "not checked", needs: [...new Set(missing)] };
  try {
    await within(check.run(kit), check.timeoutMs);
    return { outcome: "passed" };
  } catch (error) {
    if (error instanceof Mismatch) return { outcome: "failed", expected: error.expected, got: error.got };
    // Whatever else goes wrong was not what the sentence says.
    const got = error instanceof NoAnswer ? error.message : String(error);
    return { outcome: "failed", expected: check.sentence, got };
  }
}

function within<Value>(promise: Promise<Value>, timeoutMs: number): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new NoAnswer(`the check took longer than ${timeoutMs / 1000} s`)),
      timeoutMs,
    );
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** A report is shown to others, and what the server said may hold a token. */
function redactor(options: ConformanceOptions): (text: string) => string {
  const secrets = [
    options.readToken,
    options.writeToken,
    ...(options.tokens ?? []),
    options.expiredToken,
    options.expiringToken,
    options.revocableToken,
    options.emptyToken,
    options.serverToken,
  ].filter((token) => token !== undefined);
  return (text) =>
    secrets.reduce((left, secret) => left.replaceAll(new RegExp(secret, "gi"), "<token>"), text);
}

/** As much as a person reads. */
const SHOWN_CHARACTERS_MAX = 400;

/** Shortened last: half a token is found by no search. */
function redacted(outcome: Outcome, redact: (text: string) => string): Outcome {
  if (outcome.outcome !== "failed") return outcome;
  return {
    ...outcome,
    expected: redact(outcome.expected),
    got: redact(outcome.got).slice(0, SHOWN_CHARACTERS_MAX),
  };
}
