/** Why somebody is not let in, or may not do what they ask with an account. */
export type AccountRefusal =
  | "signed out"
  | "wrong credentials"
  | "wrong password"
  | "unknown passkey"
  | "stale sign-in"
  | "sign-up closed"
  | "invitation needed"
  | "link over"
  | "sign-up link over"
  | "address taken"
  | "too many attempts"
  | "too many waiting"
  | "too many passkeys"
  | "no ceremony"
  | "no outside provider"
  | "outside provider silent";

export class AccountRefused extends Error {
  override name = "AccountRefused";
  readonly reason: AccountRefusal;
  /** For too many attempts: how long none is looked at, in whole seconds. */
  readonly waitSeconds: number | undefined;

  constructor(
    reason: AccountRefusal,
    options: { readonly waitSeconds?: number; readonly cause?: unknown } = {},
  ) {
    super(`the account refuses: ${reason}`, { cause: options.cause });
    this.reason = reason;
    this.waitSeconds = options.waitSeconds;
  }
}
