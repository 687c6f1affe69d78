import type { EpochMs } from "../domain/reading.ts";
import type { GrantId } from "./grants.ts";

/** How a token was used since it was last told. */
export interface TokenUseCount {
  readonly token: number;
  /** Where it is one of an app's: the count is then the grant's, whose token may be another one by now. */
  readonly grant: GrantId | undefined;
  readonly reads: number;
  readonly writes: number;
  readonly firstAt: EpochMs;
  /** Means nothing without a read. */
  readonly lastReadAt: EpochMs;
  /** Means nothing without a write. */
  readonly lastWrittenAt: EpochMs;
}

export interface TokenUses {
  /**
   * Adds to what is known of tokens' use, all of it in one transaction, and records in the trail which of them were used for
   * the first time. Tokens that are gone meanwhile are left out.
   *
   * @param unknown those of them of which it is not known that they were used before
   */
  add(counts: readonly TokenUseCount[], unknown: readonly number[]): Promise<void>;
}
