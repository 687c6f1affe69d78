import type { ProfileId } from "../domain/reading.ts";

/** Rows of one kind, in the words of the wire; times are Unix milliseconds. */
export type PersonalRecord = Readonly<Record<string, unknown>>;

/** What is known of somebody beside their readings and their trail, by kind. No secret is in it, nor what it hashes to. */
export type PersonalSections = Readonly<Record<string, readonly PersonalRecord[]>>;

export interface PersonalData {
  /** Everything that the control data has on a profile and its person, but the trail, which is read in pages. */
  collect(profile: ProfileId): Promise<PersonalSections>;
}
