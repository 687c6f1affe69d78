/** The ceiling of the wait before the first retry. */
export const BACKOFF_BASE_MS = 250;

/** The ceiling never grows past this. */
export const BACKOFF_CAP_MS = 10_000;

/**
 * How long to wait before trying again: exponential backoff with full jitter, any time from 0 to a ceiling that
 * doubles with each attempt. Jitter keeps the senders that one outage stopped from coming back in step.
 *
 * @param attempt how many retries came before: 0 for the first
 * @param random answers a number from 0 (included) to 1 (excluded)
 */
export function backoffDelayMs(attempt: number, random: () => number): number {
  const ceilingMs = Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** Math.min(attempt, 30));
  return Math.floor(random() * ceilingMs);
}

/**
 * Reads a `Retry-After` header (RFC 9110 section 10.2.3): seconds, or a date.
 *
 * @returns undefined when it is absent or neither
 */
export function readRetryAfterMs(header: string | null, nowMs: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = /GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
