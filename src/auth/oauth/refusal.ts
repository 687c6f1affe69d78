/** Why an app's request is refused. What the wire says of each is in api/oauth/oauthErrors.ts. */
export type OAuthRefusalReason =
  | "malformed"
  | "clientRefused"
  | "grantRefused"
  | "grantUnsupported"
  | "clientUnauthorized"
  | "scopeRefused"
  | "responseTypeUnsupported"
  | "accessDenied"
  | "devicePending"
  | "deviceDenied"
  | "deviceIssued"
  | "deviceExpired"
  | "tooMany"
  | "failed";

export class OAuthRefused extends Error {
  override name = "OAuthRefused";
  readonly reason: OAuthRefusalReason;
  /** What was expected, where there is more to say than the reason does; never what was sent. */
  readonly detail: string | undefined;

  constructor(reason: OAuthRefusalReason, detail?: string) {
    super(detail ?? reason);
    this.reason = reason;
    this.detail = detail;
  }
}
