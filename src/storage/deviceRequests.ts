import type { EpochMs, ProfileId } from "../domain/reading.ts";
import type { Scope } from "../domain/scopes.ts";
import type { ClientNumber } from "./clients.ts";
import type { NewGrant, NewTokenPair } from "./grants.ts";
import type { NewTrailEntry } from "./trail.ts";

export interface NewDeviceRequest {
  readonly deviceCodeHash: string;
  readonly userCodeHash: string;
  readonly client: ClientNumber;
  readonly scopes: readonly Scope[];
  /** Whether the device asked for others. */
  readonly scopesDiffer: boolean;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
}

/** A device that asks to be allowed something, and waits (RFC 8628). */
export interface DeviceRequest extends Omit<NewDeviceRequest, "deviceCodeHash" | "userCodeHash"> {
  readonly id: number;
  readonly outcome?: "granted" | "denied";
  /** Who decided. */
  readonly profile?: ProfileId;
  /** When its token was given out. */
  readonly issuedAt?: EpochMs;
}

/** Device requests of known clients. Codes are given by their SHA-256. */
export interface DeviceRequests {
  create(request: NewDeviceRequest): Promise<void>;

  /** @returns undefined when there is none; one that is over is returned */
  findByDeviceCode(hash: string): Promise<DeviceRequest | undefined>;

  /** @returns undefined when there is none; one that is over is returned */
  findByUserCode(hash: string): Promise<DeviceRequest | undefined>;

  /**
   * A person's answer; the first counts.
   *
   * @param trail what they read of it: it is written with the answer
   * @returns false when it was decided before
   */
  decide(
    request: number,
    outcome: "granted" | "denied",
    profile: ProfileId,
    trail?: NewTrailEntry,
  ): Promise<boolean>;

  /** Turns a granted request into a grant with its token, once. @returns false when it was done before */
  redeem(request: number, grant: NewGrant, tokens: NewTokenPair): Promise<boolean>;

  /** How many of one client wait now. */
  countWaiting(client: ClientNumber, now: EpochMs): Promise<number>;
}
