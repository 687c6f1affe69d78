import type { EpochMs, ProfileId } from "../domain/reading.ts";
import type { Scope } from "../domain/scopes.ts";
import type { Clients } from "./clients.ts";
import type { DeviceRequests } from "./deviceRequests.ts";
import type { Erasures } from "./erasures.ts";
import type { GrantId, Grants } from "./grants.ts";
import type { OneTimeLinks } from "./links.ts";
import type { OwnTokens } from "./ownTokens.ts";
import type { People } from "./people.ts";
import type { PersonalData } from "./personalData.ts";
import type { DetailChanges, ProfileDetails } from "./profileDetails.ts";
import type { Rooms } from "./rooms.ts";
import type { SignIns } from "./signIns.ts";
import type { TokenUses } from "./tokenUses.ts";
import type { Trail } from "./trail.ts";
import type { Widgets } from "./widgets.ts";

/** A person (or a simulated one) whose pulse is kept here. */
export interface Profile {
  readonly id: ProfileId;
  /** The opaque `profile_id` of the wire: a UUID. */
  readonly publicId: string;
  /** The name by which the command line knows the profile. */
  readonly name: string;
}

/** What a token opens. The token itself is not kept, only its SHA-256. */
export interface TokenRecord {
  readonly id: number;
  /** Absent for a server token (client credentials). */
  readonly profile?: Profile;
  readonly clientId: string;
  readonly scopes: readonly Scope[];
  /** Absent when the token lives until it is revoked. */
  readonly expiresAt?: EpochMs;
  /** What an app was granted, and this token came of; absent for one that was made by hand. */
  readonly grant?: GrantId;
  /** Present for the token of a page of ours, which is no row of this directory and has a negative id. */
  readonly session?: TokenSession;
}

/** The sign-in session behind a page's token. */
export interface TokenSession {
  readonly id: string;
  /** The same in a number, by which sockets are closed. */
  readonly number: number;
  readonly person: string;
  /** When the person last showed who they are. */
  readonly signedInAt: EpochMs;
}

/**
 * The row by which something that a token makes ends with it; absent for a page's token, because what is made there is
 * made by its person.
 */
export function rowOf({ id, session }: TokenRecord): number | undefined {
  return session === undefined ? id : undefined;
}

export interface TokenListing extends TokenRecord {
  readonly label?: string;
  readonly createdAt: EpochMs;
  readonly revokedAt?: EpochMs;
}

export interface NewToken {
  /** SHA-256 of the token's 36 characters, in lower-case hexadecimal. */
  readonly hash: string;
  readonly profile: ProfileId;
  readonly clientId: string;
  readonly scopes: readonly Scope[];
  readonly label?: string;
  readonly createdAt: EpochMs;
  readonly expiresAt?: EpochMs;
}

/** The client that tokens made by hand belong to: no app. */
export const MANUAL_CLIENT_ID = "6b1f4c0e-5d0a-4b6f-9a53-7c1d2e8f0a94";

/** A profile with what it says about its person. */
export interface DetailedProfile extends Profile {
  readonly createdAt: EpochMs;
  readonly details: ProfileDetails;
}

/**
 * Profiles, tokens, rooms and widgets: the control data. Every method throws what the engine throws when it cannot answer; that
 * never means that a token is unknown.
 */
export interface Directory {
  readonly rooms: Rooms;
  readonly widgets: Widgets;
  readonly people: People;
  readonly signIns: SignIns;
  readonly links: OneTimeLinks;
  readonly clients: Clients;
  readonly grants: Grants;
  readonly deviceRequests: DeviceRequests;
  readonly trail: Trail;
  readonly ownTokens: OwnTokens;
  readonly tokenUses: TokenUses;
  readonly personalData: PersonalData;
  readonly erasures: Erasures;

  /** @returns undefined for a token that is unknown or revoked; an expired one is returned */
  findToken(hash: string): Promise<TokenRecord | undefined>;

  /** @returns which of these tokens are not revoked */
  findUnrevoked(ids: readonly number[]): Promise<ReadonlySet<number>>;

  createToken(token: NewToken): Promise<number>;

  /** Every token, oldest first, revoked and expired ones included. */
  listTokens(): Promise<readonly TokenListing[]>;

  /** @returns false when there is no such token, or it is revoked already */
  revokeToken(id: number, now: EpochMs): Promise<boolean>;

  findProfile(name: string): Promise<Profile | undefined>;

  /** @throws when there is a profile of that name already */
  createProfile(name: string, now: EpochMs): Promise<Profile>;

  /** The profile of that name; it is made where there is none, once, however many ask for it at the same time. */
  findOrCreateProfile(name: string, now: EpochMs): Promise<Profile>;

  /** Every profile, oldest first. */
  listProfiles(): Promise<readonly DetailedProfile[]>;

  /** @throws when there is no such profile */
  findDetails(profile: ProfileId): Promise<ProfileDetails>;

  changeDetails(profile: ProfileId, changes: DetailChanges): Promise<void>;

  /** Whether a token was ever made here. */
  hasTokens(): Promise<boolean>;

  /**
   * Calls back within a quarter of a second after another process changed something here (the command line while
   * the server runs).
   *
   * @param onError called when that could not be found out; then nothing is known of other processes' changes
   * @returns a function that ends it
   */
  watch(onChange: () => void, onError: (error: unknown) => void): () => void;

  close(): Promise<void>;
}
