export const HOUR_MS = 3_600_000;

/** The hour (UTC) of a time in Unix ms, counted from 1970-01-01T00:00Z. */
export function hourOf(time: number): number {
  return Math.floor(time / HOUR_MS);
}
