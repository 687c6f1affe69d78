import type { Scope } from "../domain/scopes.ts";
import { json } from "./responses.ts";

/** One row of the error table: what the wire says, and when. */
interface ErrorRow {
  readonly code: number;
  readonly status: number;
  readonly message: string;
  readonly when: string;
  /** The `error` attribute of `WWW-Authenticate` (RFC 6750 section 3); null for none. */
  readonly challenge?: "invalid_request" | "invalid_token" | "insufficient_scope" | null;
}

const row = (definition: ErrorRow): ErrorRow => definition;

/**
 * Every error of the API. Codes 6xxx and 7xxx are Pulsoid's; 8xxx are ours, where Pulsoid documents none.
 */
export const API_ERRORS = {
  tokenMissing: row({
    code: 7009,
    status: 401,
    message: "error_authorization_header_is_not_present",
    when: "The request carries no token.",
    challenge: null,
  }),
  tokenMalformed: row({
    code: 7010,
    status: 401,
    message: "error_authorization_header_has_wrong_format",
    when: "What follows `Bearer` in the Authorization header, or the query's access_token, is not a UUID.",
    challenge: "invalid_token",
  }),
  tokenSchemeUnknown: row({
    code: 7010,
    status: 401,
    message: "error_authorization_header_has_wrong_format",
    when: "The Authorization header does not start with `Bearer`: no token was sent.",
    challenge: null,
  }),
  tokenUnknown: row({
    code: 7005,
    status: 401,
    message: "token_not_found",
    when: "The token is unknown or revoked.",
    challenge: "invalid_token",
  }),
  tokenExpired: row({
    code: 7006,
    status: 401,
    message: "token_expired",
    when: "The token has expired.",
    challenge: "invalid_token",
  }),
  scopeMissing: row({
    code: 7011,
    status: 401,
    message: "error_invalid_scope",
    when: "The token lacks the route's scope.",
    challenge: "insufficient_scope",
  }),
  tokenUnverifiable: row({
    code: 7001,
    status: 500,
    message: "error_while_validating_token",
    when: "The token could not be looked up; it may be good.",
  }),
  latestUnavailable: row({
    code: 6002,
    status: 500,
    message: "error_retrieving_latest_heart_rate",
    when: "The latest reading could not be read.",
  }),
  unexpected: row({
    code: 6001,
    status: 500,
    message: "unexpected server error",
    when: "The server failed, or could not store the reading: send it again.",
  }),
  malformedRequest: row({
    code: 8001,
    status: 400,
    message: "malformed request",
    when: "The body or a parameter is not what the route takes; the message names the field.",
  }),
  tokensConflict: row({
    code: 8002,
    status: 400,
    message: "two different tokens are given at once",
    when: "The Authorization header and access_token, or two of the latter, hold different tokens.",
    challenge: "invalid_request",
  }),
  noReading: row({
    code: 8003,
    status: 412,
    message: "no heart rate has been received yet",
    when: "The profile has no reading.",
  }),
  noReadingInRange: row({
    code: 8003,
    status: 412,
    message: "no heart rate was received in this time range",
    when: "The profile has no reading in the time range of the statistics.",
  }),
  notFound: row({
    code: 8004,
    status: 404,
    message: "not found",
    when: "There is no such path, or nothing of the id in it that this token may know of.",
  }),
  forbidden: row({
    code: 8010,
    status: 403,
    message: "forbidden",
    when: "The token is good, but its user may not do this in this room: not a member, or not its owner. The message says which.",
  }),
  conflict: row({
    code: 8011,
    status: 409,
    message: "conflict",
    when: "What is there already stands against it, such as a limit that is reached. The message says what.",
  }),
  methodNotAllowed: row({
    code: 8005,
    status: 405,
    message: "method not allowed",
    when: "The path takes other methods; the Allow header lists them.",
  }),
  bodyTooLarge: row({
    code: 8006,
    status: 413,
    message: "the body is too large",
    when: "The body is over the limit bodyBytesMax.",
  }),
  misdirected: row({
    code: 8007,
    status: 421,
    message: "this host name is not allowed here; the operator can add it to HEARTWIRE_ALLOWED_HOSTS",
    when: "The Host header names a host that this server does not answer for.",
  }),
  upgradeRequired: row({
    code: 8008,
    status: 426,
    message: "this is a WebSocket: send an Upgrade header, version 13 and a key",
    when: "A socket's path is asked for without a complete WebSocket handshake of version 13.",
  }),
  tooManyAttempts: row({
    code: 8012,
    status: 429,
    message: "too many attempts; try again later",
    when: "Too many failed attempts for this account or from this address, or too much that one person did within a minute. The Retry-After header says in how many seconds the next one is looked at.",
  }),
  signedOut: row({
    code: 8013,
    status: 401,
    message: "not signed in",
    when: "A page asks without the cookie of a sign-in session that holds.",
  }),
  signInRefused: row({
    code: 8014,
    status: 401,
    message: "the e-mail address or the password is wrong",
    when: "What somebody shows to sign in is wrong. Whether there is such an account is not told.",
  }),
  insecureOrigin: row({
    code: 8015,
    status: 403,
    message: "signing in takes https here",
    when: "Somebody wants to sign in over plain http, but not on this machine. The message says what to do.",
  }),
  otherOrigin: row({
    code: 8016,
    status: 403,
    message: "this is for pages of this server alone",
    when: "The Origin or Sec-Fetch-Site header names another origin, or none is named, where a page of this server is wanted.",
  }),
  staleSignIn: row({
    code: 8017,
    status: 403,
    message: "sign in once more to do this",
    when: "What is asked for takes a sign-in of the last ten minutes.",
  }),
  signUpRefused: row({
    code: 8018,
    status: 403,
    message: "no account can be made with this",
    when: "Sign-up is closed or by invitation, or the link is unknown, used or over. The message says which.",
  }),
  busy: row({
    code: 8009,
    status: 503,
    message: "the server takes no more listeners now; try again later",
    when: "The limit socketsMax is reached, or the server is stopping.",
  }),
} as const;

export type ApiErrorName = keyof typeof API_ERRORS;

/** An answer that is an error of the table. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly row: ErrorRow;
  readonly headers: Readonly<Record<string, string>>;
  /** The scope that was missing, where that is the error. */
  readonly scope: Scope | undefined;

  /**
   * @param detail replaces the row's message on the wire; never private, never what the sender sent
   */
  constructor(
    name: ApiErrorName,
    options: {
      readonly detail?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly scope?: Scope | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    const row = API_ERRORS[name];
    super(options.detail ?? row.message, { cause: options.cause });
    this.row = row;
    this.headers = options.headers ?? {};
    this.scope = options.scope;
  }
}

/**
 * Writes an error as every route does.
 *
 * @param otherOrigins whether pages of other origins may read it
 */
export function renderError(error: ApiError, { otherOrigins }: { readonly otherOrigins: boolean }): Response {
  return json(
    { error_code: error.row.code, error_message: error.message },
    { status: error.row.status, headers: { ...error.headers, ...challenge(error) }, otherOrigins },
  );
}

function challenge({ row, scope }: ApiError): Record<string, string> {
  if (row.challenge === undefined) return {};
  if (row.challenge === null) return { "www-authenticate": "Bearer" };
  const scopeAttribute =
    row.challenge === "insufficient_scope" && scope !== undefined ? `, scope="${scope}"` : "";
  return { "www-authenticate": `Bearer error="${row.challenge}"${scopeAttribute}` };
}
