import type { EpochMs, ProfileId } from "../domain/reading.ts";
import type { Scope } from "../domain/scopes.ts";
import type { Client, ClientNumber } from "./clients.ts";
import type { NewTrailEntry } from "./trail.ts";

/** By which of OAuth's ways something was granted. */
export type GrantKind = "code" | "implicit" | "device" | "client_credentials";

/** Numbers the grants of one directory. */
export type GrantId = number & { readonly __brand: "GrantId" };

/** What a person granted to an app, once: the family of tokens that come of it. A server's own has no profile. */
export interface NewGrant {
  readonly client: ClientNumber;
  readonly profile?: ProfileId;
  readonly kind: GrantKind;
  readonly scopes: readonly Scope[];
  readonly createdAt: EpochMs;
  /** What its person reads of it: it is written with the grant, or there is no grant. */
  readonly trail?: readonly NewTrailEntry[];
}

/** A secret that an adopted client shows when it redeems a code. */
export interface NewPin {
  readonly secretHash: string;
  /** What its person reads when it is the first, and so is pinned. */
  readonly trail: NewTrailEntry;
}

/** An adopted client showed another secret than is pinned: nothing was written. */
export class OtherSecretPinned extends Error {
  override name = "OtherSecretPinned";
}

/** Tokens are given by their SHA-256, and made by who asks. */
export interface NewTokenPair {
  readonly accessHash: string;
  readonly accessExpiresAt: EpochMs;
  /** Absent where the grant has no refresh token. */
  readonly refresh?: { readonly hash: string; readonly expiresAt: EpochMs };
}

export interface NewCode {
  readonly codeHash: string;
  readonly client: ClientNumber;
  readonly profile: ProfileId;
  readonly redirectUri: string;
  /** Whether the authorization request named it, and so the token request must (RFC 6749 section 4.1.3). */
  readonly redirectUriGiven: boolean;
  readonly scopes: readonly Scope[];
  /** Whether the app asked for others: then it is told which they are (RFC 6749 section 5.1). */
  readonly scopesDiffer: boolean;
  /** S256, base64url (RFC 7636 section 4.2). */
  readonly codeChallenge?: string;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
  /** What its person reads of it: it is written with the code. */
  readonly trail?: readonly NewTrailEntry[];
}

export interface AuthorizationCode extends Omit<NewCode, "codeHash" | "trail"> {
  readonly id: number;
  readonly usedAt?: EpochMs;
  readonly grant?: GrantId;
}

export interface RefreshToken {
  readonly id: number;
  readonly grant: GrantId;
  readonly client: ClientNumber;
  readonly profile: ProfileId;
  readonly scopes: readonly Scope[];
  readonly expiresAt: EpochMs;
  readonly rotatedAt?: EpochMs;
  /** The answer that its rotation was given, sealed so that only whoever holds the old token can read it. */
  readonly sealedAnswer?: string;
  /** Whether the grant was revoked, by anybody. */
  readonly revoked: boolean;
}

/** What one app may do for one person, all its grants together. */
export interface ConnectedApp {
  readonly client: Client;
  readonly scopes: readonly Scope[];
  readonly firstGrantedAt: EpochMs;
  readonly lastGrantedAt: EpochMs;
  /** Grants that hold. */
  readonly grants: number;
  readonly lastReadAt?: EpochMs;
  readonly lastWrittenAt?: EpochMs;
  readonly readCount: number;
  readonly writeCount: number;
}

/** What apps were granted. Every method that makes tokens does so in one transaction: all of it holds, or nothing. */
export interface Grants {
  createCode(code: NewCode): Promise<void>;

  findCode(codeHash: string): Promise<AuthorizationCode | undefined>;

  /**
   * Turns a code into a grant with its tokens. Of any number who redeem one code at once, one succeeds.
   *
   * @param pin is pinned for the person unless a secret is; absent where nothing is to be pinned
   * @returns false when somebody redeemed it before
   * @throws OtherSecretPinned when another secret is; the code may still be redeemed
   */
  redeemCode(code: number, grant: NewGrant, tokens: NewTokenPair, pin?: NewPin): Promise<boolean>;

  /** A grant with its tokens that comes of no code: implicit, or client credentials. */
  create(grant: NewGrant, tokens: NewTokenPair): Promise<GrantId>;

  findRefreshToken(hash: string): Promise<RefreshToken | undefined>;

  /**
   * Puts a new pair in the place of the old: the old access token is gone, the old refresh token is known as rotated, and what
   * hung on the old access token (links of widgets, invitations to rooms, counts of use) hangs on the new one.
   * The answer by which the old refresh token was given is not repeated any more: whoever uses that token has heard it.
   *
   * @param sealedAnswer what a repetition within {@link REPEAT_MS} is answered
   * @returns false when somebody rotated it before, or the grant was revoked
   */
  rotate(
    refreshToken: number,
    tokens: NewTokenPair & { readonly scopes: readonly Scope[] },
    sealedAnswer: string,
    now: EpochMs,
  ): Promise<boolean>;

  /** Takes a sealed answer out, so that it is given once. @returns undefined when it was taken, or never there */
  takeSealedAnswer(refreshToken: number): Promise<string | undefined>;

  /** Ends a grant and its tokens. @returns false when it was revoked before, or there is none */
  revoke(grant: GrantId, now: EpochMs): Promise<boolean>;

  /** Ends all that a person granted to a client, codes and devices that were not redeemed yet included. @returns how many grants that were */
  disconnect(profile: ProfileId, client: ClientNumber, now: EpochMs): Promise<number>;

  /** The same for all that anybody granted to a client, for example because its secret is rotated after a leak. */
  revokeAllOf(client: ClientNumber, now: EpochMs): Promise<number>;

  /** The apps that a person connected and that may still do something, oldest first. */
  listApps(profile: ProfileId, now: EpochMs): Promise<readonly ConnectedApp[]>;

  /** Deletes codes, device requests, refresh tokens and access tokens of grants that are of no use any more. */
  clearEnded(now: EpochMs): Promise<void>;
}

/** How long a refresh token that was just rotated may be repeated, once, by the same client. */
export const REPEAT_MS = 60_000;
