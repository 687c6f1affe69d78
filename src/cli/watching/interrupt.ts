/** A signal that says when a command is to end, and what lets the process go. */
export interface Interruptible {
  readonly signal: AbortSignal;
  release(): void;
}

const ENDINGS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Ends a command in order: at Ctrl-C, when the system asks it to terminate, when its output is closed (`| head`), or
 * after a time. A second Ctrl-C ends it at once, as without us.
 *
 * @param seconds at most 2,000,000 (a timer holds 24 days); undefined: no end of its own
 */
export function untilInterrupted(seconds?: number): Interruptible {
  const controller = new AbortController();
  const timer = seconds === undefined ? undefined : setTimeout(() => end(), seconds * 1000);
  const release = () => {
    clearTimeout(timer);
    for (const name of ENDINGS) process.off(name, end);
  };
  const end = () => {
    release();
    controller.abort();
  };
  for (const name of ENDINGS) process.on(name, end);
  process.stdout.on("error", end);
  return { signal: controller.signal, release };
}
