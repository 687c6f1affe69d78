import type { EpochMs, ProfileId } from "../domain/reading.ts";

/** What the trail records. */
export const TRAIL_KINDS = [
  "account_made",
  "signed_in",
  "sign_in_failed",
  "signed_out",
  "signed_out_everywhere",
  "password_changed",
  "password_reset",
  "passkey_added",
  "passkey_removed",
  "outside_sign_in_linked",
  "outside_sign_in_unlinked",
  "token_made",
  "token_first_used",
  "token_revoked",
  "app_allowed",
  "app_denied",
  "app_disconnected",
  "app_family_revoked",
  "client_registered",
  "client_changed",
  "client_secret_rotated",
  "client_secret_pinned",
  "client_secret_reset",
  "client_deleted",
  "exported",
  "erased",
] as const;

export type TrailKind = (typeof TRAIL_KINDS)[number];

/** What else is known of an event: names, scopes, an address. Never a token, a code, a secret or a password. */
export type TrailDetails = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface NewTrailEntry {
  readonly at: EpochMs;
  /** Whose trail it stands in; absent for what is left of somebody who was erased. */
  readonly profile?: ProfileId;
  readonly kind: TrailKind;
  readonly details?: TrailDetails;
}

export interface TrailEntry {
  /** Rises with every entry. */
  readonly id: number;
  readonly at: EpochMs;
  readonly kind: TrailKind;
  readonly details: TrailDetails;
}

/** What happened to people's accounts and tokens. The database itself refuses to change it; erasure alone removes a person's entries. */
export interface Trail {
  record(entry: NewTrailEntry): Promise<void>;

  /**
   * A person's entries, newest first.
   *
   * @param before the id below which they are read; absent for the newest
   */
  read(profile: ProfileId, count: number, before?: number): Promise<readonly TrailEntry[]>;

  /** A person's newest entries of one kind, newest first. */
  newest(profile: ProfileId, kind: TrailKind, count: number): Promise<readonly TrailEntry[]>;
}
