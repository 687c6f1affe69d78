import type { Kysely } from "kysely";
import type { EpochMs, ProfileId } from "../domain/reading.ts";
import type { Profile } from "./directory.ts";

/** Somebody who can sign in. The rest of what is known of them is better-auth's. */
export interface Person {
  /** better-auth's id. */
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** A person with the profile that is theirs. */
export interface PersonListing extends Person {
  readonly profile?: Profile;
}

/** The tables that better-auth works on, in the form in which it wants them. */
export interface AccountDatabase {
  // biome-ignore lint/suspicious/noExplicitAny: better-auth brings its own types of the tables
  readonly db: Kysely<any>;
  readonly type: "sqlite" | "postgres";
}

/** People who sign in, and which profile is whose. */
export interface People {
  readonly database: AccountDatabase;

  /** The profile of somebody who signs in; it is made where there is none. Its name is free: the person's, or with a number. */
  profileOf(person: Person, now: EpochMs): Promise<Profile>;

  /** @returns false when the profile belongs to somebody else, or the person has one already */
  adopt(person: string, profile: ProfileId): Promise<boolean>;

  find(id: string): Promise<PersonListing | undefined>;

  findByEmail(email: string): Promise<PersonListing | undefined>;

  findByProfile(profile: ProfileId): Promise<Person | undefined>;

  list(): Promise<readonly PersonListing[]>;

  /** Whether anybody can sign in. */
  hasAny(): Promise<boolean>;

  /** @returns which of these sign-in sessions are still there */
  findSessions(ids: readonly string[]): Promise<ReadonlySet<string>>;

  /**
   * Ends the sign-in sessions of a person that are older than their newest ones.
   *
   * @param kept how many of the newest stay
   */
  endOldSessions(person: string, kept: number): Promise<void>;

  /** Ends every sign-in session of a person, but one where one is named. @returns how many there were */
  endSessions(person: string, except?: string): Promise<number>;
}
