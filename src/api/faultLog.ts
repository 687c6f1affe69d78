import { StoreUnavailable } from "../storage/readingStore.ts";
import type { Log } from "./context.ts";
import type { ApiError } from "./errors.ts";

/** While the same kind of fault goes on, one line is logged in this time. */
const SILENCE_MS = 5_000;

interface Fault {
  lastLoggedAt: number;
  unlogged: number;
}

/** Logs the private side of 5xx answers: the first at once, then a line with a count every few seconds. */
export class FaultLog {
  readonly #log: Log;
  readonly #clock: () => number;
  readonly #faults = new Map<string, Fault>();

  constructor(log: Log, clock: () => number) {
    this.#log = log;
    this.#clock = clock;
  }

  report(error: ApiError): void {
    const now = this.#clock();
    const cause = error.cause instanceof Error ? error.cause : error;
    // A mistake of ours must not hide behind a full disk that is answered with the same code.
    const kind = `${error.row.code} ${cause.name}`;
    const fault = this.#faults.get(kind) ?? { lastLoggedAt: -SILENCE_MS, unlogged: 0 };
    this.#faults.set(kind, fault);
    if (now - fault.lastLoggedAt < SILENCE_MS) {
      fault.unlogged++;
      return;
    }
    const expected = cause instanceof StoreUnavailable || cause === error;
    const reason = expected ? cause.message : (cause.stack ?? cause.message);
    this.#log.error({ code: error.row.code, reason, unlogged: fault.unlogged }, error.row.message);
    fault.lastLoggedAt = now;
    fault.unlogged = 0;
  }
}
