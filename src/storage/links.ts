import type { EpochMs, ProfileId } from "../domain/reading.ts";

/**
 * What a link that works once does: `claim` makes the account that adopts a profile of the command line, `invitation` makes a
 * new account, `reset` lets its account choose a new password.
 */
export type LinkKind = "claim" | "invitation" | "reset";

export interface OneTimeLink {
  readonly id: number;
  readonly kind: LinkKind;
  /** The profile that the account will own; for `claim` alone. */
  readonly profile?: ProfileId;
  /** Whose password is set anew; for `reset` alone. */
  readonly person?: string;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
}

export interface NewLink extends Omit<OneTimeLink, "id"> {
  /** SHA-256 of the code in lower-case hexadecimal. The code itself is kept nowhere. */
  readonly codeHash: string;
}

/** Links that work once: made by the operator, used by whoever is given one. */
export interface OneTimeLinks {
  create(link: NewLink): Promise<void>;

  /** @returns undefined when it is unknown, used or over */
  find(codeHash: string, now: EpochMs): Promise<OneTimeLink | undefined>;

  /**
   * Uses a link up: of any number who ask at once, one is given it.
   *
   * @returns undefined when it is unknown, used or over
   */
  take(codeHash: string, now: EpochMs): Promise<OneTimeLink | undefined>;

  /** Ends every link of a kind, of one person or profile where one is named. @returns how many there were */
  end(kind: LinkKind, of?: { readonly profile?: ProfileId; readonly person?: string }): Promise<number>;
}
