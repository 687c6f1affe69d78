import type { Bpm, EpochMs, ProfileId } from "../domain/reading.ts";

/** A new reading on its way to those who listen. */
export interface LiveReading {
  readonly profile: ProfileId;
  readonly effectiveAt: EpochMs;
  readonly bpm: Bpm;
  /** The store's sequence number: readings of a profile are published in its order. */
  readonly sequence: number;
}

export type LiveListener = (reading: LiveReading) => void;

/**
 * Carries new readings to every node on which somebody listens to their profile. At most once, in order for one
 * profile: what a bus loses is repaired from the store, by sequence number.
 */
export interface Bus {
  publish(reading: LiveReading): void;

  /** @returns a function that ends the subscription */
  subscribe(profile: ProfileId, listener: LiveListener): () => void;
}
