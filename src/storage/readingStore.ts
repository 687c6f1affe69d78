import type { Bpm, EpochMs, ProfileId, Reading, SourceId } from "../domain/reading.ts";
import type { HourAggregate } from "../domain/statistics.ts";

/**
 * What became of one reading that was handed to {@link ReadingStore.append}.
 */
export interface Appended {
  /** False when a reading of the same profile, source and claimed time was there already: the first stays. */
  readonly isNew: boolean;
  /**
   * The reading's sequence number: rising in commit order within a profile, not without gaps, comparable only
   * within one epoch of the store. 0 when the reading was not new.
   */
  readonly sequence: number;
}

/** A reading as it was stored. */
export interface StoredReading extends Reading {
  /** See {@link Appended.sequence}; undefined once the reading is packed, where resuming no longer reaches. */
  readonly sequence?: number;
}

/** A span of time, both ends in it. */
export interface TimeRange {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** What a stored reading should have been. */
export interface Correction {
  readonly source: SourceId;
  readonly measuredAt: EpochMs;
  readonly bpm: Bpm;
  /** Absent when it has none. */
  readonly rrIntervalsMs?: readonly number[];
}

/**
 * Where readings are kept. Every engine behind this port runs the same contract tests
 * (`test/storage/readingStoreContract.ts`).
 */
export interface ReadingStore {
  /**
   * Stores readings and answers, in the same order, once they are durable in the sense of the `durability`
   * setting. Readings of one call become durable together or not at all; answers come in commit order.
   *
   * @throws StoreUnavailable when nothing was stored; the caller may try again as often as it likes
   */
  append(readings: readonly Reading[]): Promise<readonly Appended[]>;

  /** The profile's reading with the newest effective time; undefined when it has none. */
  latest(profile: ProfileId): Promise<StoredReading | undefined>;

  /**
   * The profile's readings in a span of claimed time, oldest first (then by source), at most `limit` of them.
   * The next page starts after the last one's claimed time.
   */
  read(profile: ProfileId, range: TimeRange, limit: number): Promise<readonly StoredReading[]>;

  /**
   * What the profile's readings with effective times in a span come to, hour by hour (UTC), oldest first; hours without
   * a reading are left out.
   */
  aggregate(profile: ProfileId, range: TimeRange): Promise<readonly HourAggregate[]>;

  /**
   * Deletes the profile's readings with claimed times in a span: of one source, or of all of them. One that is sent again
   * is new.
   *
   * @returns how many there were, once it is durable
   * @throws StoreUnavailable when nothing was deleted
   */
  remove(profile: ProfileId, range: TimeRange, source?: SourceId): Promise<number>;

  /**
   * Deletes everything that is kept of a profile, its readings that wait for the disk included, so that nothing of it is left
   * in the files. Others write on meanwhile. Called again, it begins anew.
   *
   * @throws StoreUnavailable when it was not finished
   */
  erase(profile: ProfileId): Promise<void>;

  /**
   * Gives readings that are stored other heart rates and RR intervals. Their arrival stays; what is not stored is left
   * out.
   *
   * @param corrections readings of one profile, each found by its source and claimed time
   * @returns how many were there, once it is durable
   * @throws StoreUnavailable when nothing was changed
   */
  correct(profile: ProfileId, corrections: readonly Correction[]): Promise<number>;

  /** Writes something small and durable. @throws StoreUnavailable when the store cannot write */
  probe(): Promise<void>;

  /** Numbers that an operator watches. */
  measure(): Promise<StoreMeasures>;

  /** Finishes what was accepted and lets go of the files. */
  close(): Promise<void>;
}

export interface StoreMeasures {
  /** Names the life of this store's sequence numbers: a restored or new store has another one. */
  readonly epoch: string;
  /** Readings that lie in arrival order and are not packed yet. */
  readonly freshReadings: number;
  /** Readings in parts of hours that are not sealed yet. */
  readonly packedReadings: number;
  readonly sealedReadings: number;
  /** Hours that wait to be sealed, those that are not over yet included; not those that are too large for it. */
  readonly unsealedHours: number;
  readonly commits: number;
  readonly commitErrors: number;
  /** How often an hour could not be sealed, for want of room on the disk or because it is damaged. */
  readonly sealingErrors: number;
}

/** The store cannot take or give anything right now. Its message is for the operator, never for the wire. */
export class StoreUnavailable extends Error {
  override name = "StoreUnavailable";
}
