/** The longest waits between attempts to connect; the last one repeats. As the official client has them. */
const RETRY_DELAYS_MS = [2_000, 4_000, 8_000, 10_000] as const;

/**
 * How long to wait before connecting again, in ms: half of the longest wait at least, so that the overlays that one
 * restart has cut off do not come back in step.
 *
 * @param failures attempts in a row that failed; 0 after a good connection
 * @param random from 0 (included) to 1 (excluded)
 */
export function retryDelayMs(failures: number, random: number): number {
  const longest = RETRY_DELAYS_MS[Math.max(0, failures - 1)] ?? RETRY_DELAYS_MS[3];
  return (longest * (1 + random)) / 2;
}
