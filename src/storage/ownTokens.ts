import type { EpochMs, ProfileId } from "../domain/reading.ts";
import type { Scope } from "../domain/scopes.ts";
import type { NewToken } from "./directory.ts";

/** A token that somebody made by hand, and that still opens something or has just expired. */
export interface OwnToken {
  readonly id: number;
  /** What it is for, in its maker's words. */
  readonly label?: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: EpochMs;
  readonly expiresAt?: EpochMs;
  readonly firstUsedAt?: EpochMs;
  readonly lastReadAt?: EpochMs;
  readonly lastWrittenAt?: EpochMs;
  readonly readCount: number;
  readonly writeCount: number;
}

/** The tokens of one profile that were made by hand: those of apps are not among them. */
export interface OwnTokens {
  /**
   * @param heldMax tokens of one profile that are not revoked, expired ones included
   * @returns undefined when the profile has as many already
   */
  create(token: NewToken, heldMax: number): Promise<number | undefined>;

  /** Those that are not revoked, oldest first; expired ones are among them until they are revoked. */
  list(profile: ProfileId): Promise<readonly OwnToken[]>;

  /** @returns undefined when the profile has no such token, or it is revoked already */
  revoke(profile: ProfileId, id: number, now: EpochMs): Promise<OwnToken | undefined>;
}
