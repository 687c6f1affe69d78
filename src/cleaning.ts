import type { Context } from "./api/context.ts";
import { ApiError } from "./api/errors.ts";

const HOUR_MS = 3_600_000;

/** Not in the first minute, in which everybody comes back after a restart. */
const FIRST_AFTER_MS = 60_000;

/** A running clean-up. */
export interface Cleaning {
  /** Ends it, after the turn that runs. */
  stop(): Promise<void>;
}

/**
 * Deletes what apps were given and is of no use any more, once an hour: used codes, devices that nobody let in, grants that ended.
 * A turn that fails is told to the operator; the next one is the next try.
 */
export function startCleaning(
  { directory, clock, faults }: Pick<Context, "directory" | "clock" | "faults">,
  { firstAfterMs = FIRST_AFTER_MS, everyMs = HOUR_MS } = {},
): Cleaning {
  let turn: Promise<void> = Promise.resolve();
  let isStopped = false;
  let timer = later(firstAfterMs);
  function later(milliseconds: number): NodeJS.Timeout {
    const waiting = setTimeout(() => {
      turn = clean();
    }, milliseconds);
    return waiting.unref();
  }
  async function clean(): Promise<void> {
    try {
      await directory.grants.clearEnded(clock());
    } catch (cause) {
      faults.report(new ApiError("unexpected", { cause }));
    }
    if (!isStopped) timer = later(everyMs);
  }
  return {
    stop() {
      isStopped = true;
      clearTimeout(timer);
      return turn;
    },
  };
}
