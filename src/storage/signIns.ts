import type { EpochMs } from "../domain/reading.ts";

/** A sign-in session of a person: a browser that is signed in. */
export interface SignInSession {
  readonly id: string;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
  readonly address?: string;
  readonly userAgent?: string;
}

export interface Passkey {
  readonly id: string;
  readonly name?: string;
  readonly createdAt?: EpochMs;
}

/** By what a person may sign in. */
export interface SignInWays {
  readonly password: boolean;
  /** Whether the outside provider's account is linked. */
  readonly outside: boolean;
  readonly passkeys: readonly Passkey[];
}

/** What became of a way to sign in that was to be taken away. */
export type Removed = "removed" | "unknown" | "last";

/** The browsers in which a person is signed in, and by what they sign in. The tables are better-auth's. */
export interface SignIns {
  /** Those that have not expired, oldest first. */
  listSessions(person: string, now: EpochMs): Promise<readonly SignInSession[]>;

  /** @returns false when the person has no such session */
  endSession(person: string, session: string): Promise<boolean>;

  waysOf(person: string): Promise<SignInWays>;

  /** Takes a passkey away, unless nothing else is left to sign in by. */
  removePasskey(person: string, passkey: string): Promise<Removed>;

  /** Unlinks the outside provider's account, unless nothing else is left to sign in by. */
  removeOutside(person: string): Promise<Removed>;
}
