/**
 * A heart-rate reading and the units it is made of.
 *
 * Values are parsed into these types once, at the edge; inside, nobody checks them again.
 */

/** Beats per minute: an integer from 1 to {@link BPM_MAX}. */
export type Bpm = number & { readonly unit: "bpm" };

/** Milliseconds since 1970-01-01T00:00:00Z: an integer from 0 to `Number.MAX_SAFE_INTEGER`. */
export type EpochMs = number & { readonly unit: "epoch ms" };

/** The number by which the stores know a person's profile; the wire shows its opaque `profile_id` instead. */
export type ProfileId = number & { readonly unit: "profile" };

/** Where a profile's reading came from: 0 is the wire, an import names its own. */
export type SourceId = number & { readonly unit: "source" };

/** The largest heart rate that Bluetooth can say (Heart Rate Service 1.0 section 3.1: a uint16). */
export const BPM_MAX = 65_535;

/** The source of every reading that arrives over the Pulsoid wire. */
export const WIRE_SOURCE = 0 as SourceId;

export interface Reading {
  readonly profile: ProfileId;
  readonly source: SourceId;
  /** When the sender says it was measured: the claimed time, which may be wrong. */
  readonly measuredAt: EpochMs;
  /** When this server received it. */
  readonly arrivedAt: EpochMs;
  readonly bpm: Bpm;
  /** RR intervals in milliseconds, oldest first, where the sender gave them. */
  readonly rrIntervalsMs?: readonly number[];
}

/**
 * The time at which a reading counts: the earlier of the claimed time and the arrival. A reading cannot be newer
 * than its arrival, or one reading of a wrong clock would stay "latest" for ever.
 */
export function effectiveTime<Time extends number>(reading: {
  readonly measuredAt: Time;
  readonly arrivedAt: Time;
}): Time {
  return reading.measuredAt < reading.arrivedAt ? reading.measuredAt : reading.arrivedAt;
}

/** A claimed time at or above this is in microseconds: in milliseconds it would be the year 5138. */
const MICROSECONDS_FROM = 1e14;

/**
 * Reads a claimed time: microseconds, which one shipped writer sends, become milliseconds, and fractions of a
 * millisecond are dropped.
 *
 * @param claimed a number from 0 to `Number.MAX_SAFE_INTEGER`
 */
export function claimedTime(claimed: number): EpochMs {
  // Adding zero takes the sign from minus zero, which JSON can say.
  return (Math.floor(claimed >= MICROSECONDS_FROM ? claimed / 1000 : claimed) + 0) as EpochMs;
}
