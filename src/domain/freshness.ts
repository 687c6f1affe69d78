import type { EpochMs } from "./reading.ts";

/** Whether a pulse can be believed right now. */
export type Freshness = "live" | "stale" | "gone";

/** A pulse without a new reading for this long is stale. Sensors report about once a second. */
export const STALE_AFTER_MS = 10_000;

/** A pulse without a new reading for this long is gone: the official client goes "offline" after 30 s of silence. */
export const GONE_AFTER_MS = 30_000;

/**
 * Says whether a pulse is live, stale or gone, counted from when its last reading arrived: a device's clock may be
 * wrong.
 *
 * @param arrivedAt arrival of the last reading; undefined when there was none
 */
export function freshness(arrivedAt: EpochMs | undefined, now: EpochMs): Freshness {
  if (arrivedAt === undefined) return "gone";
  const silenceMs = now - arrivedAt;
  if (silenceMs >= GONE_AFTER_MS) return "gone";
  return silenceMs >= STALE_AFTER_MS ? "stale" : "live";
}
