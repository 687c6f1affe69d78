import { onEndRequest } from "../endRequest.ts";

/** A signal that says when a command is to end, and what lets the process go. */
export interface Interruptible {
  readonly signal: AbortSignal;
  release(): void;
}

/**
 * Ends a command in order: when the process is asked to end, when its output is closed (`| head`), or after a time. A
 * second request ends it at once, as without us.
 *
 * @param seconds at most 2,000,000 (a timer holds 24 days); undefined: no end of its own
 */
export function untilInterrupted(seconds?: number): Interruptible {
  const controller = new AbortController();
  const end = () => controller.abort();
  const timer = seconds === undefined ? undefined : setTimeout(end, seconds * 1000);
  const stopListening = onEndRequest(end);
  process.stdout.on("error", end);
  const release = () => {
    clearTimeout(timer);
    stopListening();
  };
  return { signal: controller.signal, release };
}
