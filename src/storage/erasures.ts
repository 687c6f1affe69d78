import type { EpochMs, ProfileId } from "../domain/reading.ts";

/** An erasure that is not finished. */
export interface Erasure {
  readonly profile: ProfileId;
  readonly begunAt: EpochMs;
}

/**
 * Erases people. Their control data is deleted first, in one transaction that also notes that their readings have to follow;
 * whoever finds the note carries it out (see erasing.ts), so that a crash in between leaves nothing half done for good.
 */
export interface Erasures {
  /**
   * Deletes a profile with its person, and everything of theirs: sessions and ways to sign in, tokens, grants, clients, rooms,
   * memberships, widgets, links, entries of the trail.
   *
   * @returns false when there is no such profile
   */
  begin(profile: ProfileId, now: EpochMs): Promise<boolean>;

  /** Those that are not finished, oldest first. */
  list(): Promise<readonly Erasure[]>;

  /** Makes what was deleted unreadable in the files too. @throws when it cannot be done now; try again later */
  overwriteDeleted(): Promise<void>;

  /** Notes in the trail that somebody was erased, without saying who. */
  finish(profile: ProfileId, now: EpochMs): Promise<void>;
}
