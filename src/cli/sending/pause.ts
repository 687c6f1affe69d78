/** One timer holds at most 2^31 - 1 ms; a recording may have a hole of years. */
const TIMER_MS_MAX = 60_000;

/** Waits, or ends early when the signal is aborted. No time or a time in the past does not wait. */
export async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  const endsAt = performance.now() + durationMs;
  for (;;) {
    const remainingMs = endsAt - performance.now();
    if (!(remainingMs > 0) || signal.aborted) return;
    await oneTimer(Math.min(remainingMs, TIMER_MS_MAX), signal);
  }
}

function oneTimer(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, durationMs);
    signal.addEventListener("abort", end, { once: true });
  });
}
