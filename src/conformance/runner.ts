import type { Check } from "./check.ts";
import { NoAnswer } from "./client/connection.ts";
import { Mismatch } from "./expectations.ts";
import type { Kit } from "./kit.ts";
import type { Outcome, Result } from "./options.ts";
import { redact, secretsOf } from "./secrets.ts";

/** Runs checks one after the other: they share a user. What an ended run leaves out is not checked. */
export async function runChecks(kit: Kit, checks: readonly Check[]): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const [index, check] of checks.entries()) {
    const startedAt = performance.now();
    if (!kit.signal.aborted) kit.options.onStart?.(check.id, index + 1, checks.length);
    const outcome = kit.signal.aborted ? ENDED : await outcomeOf(kit, check);
    const { id, section, sentence, isOurs } = check;
    const result = {
      id,
      section,
      sentence,
      isOurs,
      ...redacted(kit, outcome),
      durationMs: Math.round(performance.now() - startedAt),
    };
    results.push(result);
    if (outcome !== ENDED) kit.options.onResult?.(result);
  }
  return results;
}

/** What became of the checks after somebody ended the run. */
const ENDED: Outcome = { outcome: "not checked", needs: ["a run that is not ended before"] };

async function outcomeOf(kit: Kit, check: Check): Promise<Outcome> {
  const missing = check.needs.filter((need) => !need.isMet(kit)).map(({ words }) => words);
  if (missing.length > 0) return { outcome: "not checked", needs: [...new Set(missing)] };
  try {
    await run(kit, check);
    return { outcome: "passed" };
  } catch (error) {
    if (kit.signal.aborted) return ENDED;
    if (error instanceof Mismatch) return { outcome: "failed", expected: error.expected, got: error.got };
    // Whatever else goes wrong was not what the sentence says.
    const got = error instanceof NoAnswer ? error.message : String(error);
    return { outcome: "failed", expected: check.sentence, got };
  }
}

/** Runs a check until it is done, its time is over, or the run is ended. @throws what it throws, or NoAnswer */
async function run(kit: Kit, { timeoutMs, run }: Check): Promise<void> {
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new NoAnswer(`the check took longer than ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  const signal = AbortSignal.any([late.signal, kit.signal]);
  try {
    await settled(run(kit.until(signal)), signal);
    signal.throwIfAborted();
  } catch (error) {
    // A check that is to stop finds its connections ended; what a hook could not undo is worth more.
    throw signal.aborted && !(error instanceof Mismatch) ? signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

/** A check that is to stop undoes first what it did: it may be in a hook, and let the next one work again. */
const STOP_MS_MAX = 150_000;

/** Waits for a check, and when it is to stop only so long. @throws what it throws, or the signal's reason */
function settled(running: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: Timer | undefined;
    const giveUp = () => {
      timer = setTimeout(() => reject(signal.reason), STOP_MS_MAX);
    };
    if (signal.aborted) giveUp();
    else signal.addEventListener("abort", giveUp, { once: true });
    running.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
    });
  });
}

/** As much as a person reads. */
const SHOWN_CHARACTERS_MAX = 400;

/** A report is shown to others, and what the server said may hold a token. Shortened last: half a token is found by no search. */
function redacted({ options, shared }: Kit, outcome: Outcome): Outcome {
  if (outcome.outcome !== "failed") return outcome;
  const secrets = secretsOf(
    options,
    shared.madeWidgets.map(({ id }) => id),
    [...shared.issued],
  );
  return {
    ...outcome,
    expected: redact(outcome.expected, secrets),
    got: redact(outcome.got, secrets).slice(0, SHOWN_CHARACTERS_MAX),
  };
}
