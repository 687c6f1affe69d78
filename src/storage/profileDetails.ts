import type { Sex } from "../domain/body.ts";

/** What a profile says about its person; every field is theirs to leave out. */
export interface ProfileDetails {
  /** Where they stream, such as twitch.tv/someone. */
  readonly channel?: string;
  /** What they sign in with; the profile's name where it is left out. */
  readonly login?: string;
  /** How they are called; the login where it is left out. */
  readonly username?: string;
  /** A day of the calendar, such as 1990-05-31. */
  readonly birthDate?: string;
  readonly weightKilograms?: number;
  readonly sex?: Sex;
}

/** New values of some details; null takes one away. */
export type DetailChanges = { readonly [Name in keyof ProfileDetails]?: ProfileDetails[Name] | null };
