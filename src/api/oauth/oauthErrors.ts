import { z } from "zod";
import type { OAuthRefusalReason, OAuthRefused } from "../../auth/oauth/refusal.ts";
import { json } from "../responses.ts";

/** One row of the authorization server's error table. */
export interface OAuthErrorRow {
  readonly error: string;
  readonly status: 400 | 401 | 429 | 500;
  /** Absent where shipped apps compare the whole answer, and it has none. */
  readonly description?: string;
  readonly when: string;
}

const row = (definition: OAuthErrorRow): OAuthErrorRow => definition;

/** Every error of the authorization server (RFC 6749 sections 4.1.2.1 and 5.2, RFC 8628 section 3.5). */
export const OAUTH_ERRORS = {
  malformed: row({
    error: "invalid_request",
    status: 400,
    description: "the request is malformed",
    when: "A parameter is missing, wrong, or given twice, or the body is no form. The description names the parameter.",
  }),
  clientRefused: row({
    error: "invalid_client",
    status: 401,
    description: "the client is unknown or its secret is wrong",
    when: "The app is unknown, or shows another secret than its own, or none.",
  }),
  grantRefused: row({
    error: "invalid_grant",
    status: 400,
    description: "the code or the refresh token is unknown, used, over, or of another client",
    when: "The code or refresh token opens nothing for this app. Why is not told.",
  }),
  grantUnsupported: row({
    error: "unsupported_grant_type",
    status: 400,
    description: "grant_type: expected one that the metadata lists",
    when: "The grant type is unknown here.",
  }),
  clientUnauthorized: row({
    error: "unauthorized_client",
    status: 400,
    description: "this client may not do that",
    when: "The app may not use this grant: implicit is not switched on for it.",
  }),
  scopeRefused: row({
    error: "invalid_scope",
    status: 400,
    description: "scope: expected at least one that this server knows",
    when: "None of the scopes is known, or a refresh asks for more than was granted.",
  }),
  responseTypeUnsupported: row({
    error: "unsupported_response_type",
    status: 400,
    description: "response_type: expected code or token",
    when: "The response type is unknown here.",
  }),
  accessDenied: row({
    error: "access_denied",
    status: 400,
    description: "the person did not allow it",
    when: "The person said no. In the address to which the app is sent back.",
  }),
  devicePending: row({
    error: "authorization_pending",
    status: 400,
    when: "Nobody has decided about the device yet: poll again after the interval.",
  }),
  deviceDenied: row({
    error: "invalid_grant",
    status: 400,
    description: "user didn't grant access",
    when: "The person did not let the device in.",
  }),
  deviceIssued: row({
    error: "invalid_grant",
    status: 400,
    description: "access token already issued",
    when: "The device has its token already.",
  }),
  deviceExpired: row({
    error: "expired_token",
    status: 400,
    when: "Nobody decided about the device in time: begin anew.",
  }),
  tooMany: row({
    error: "temporarily_unavailable",
    status: 429,
    description: "too many requests; try again in a minute",
    when: "A limit is reached: requests of one address, or devices that wait. The Retry-After header says for how long.",
  }),
  failed: row({
    error: "server_error",
    status: 500,
    description: "the server failed; try again",
    when: "The server failed, and nothing was given: what was sent is as good as before.",
  }),
} as const satisfies Record<OAuthRefusalReason, OAuthErrorRow>;

/** How long somebody waits who met a limit. */
const RETRY_SECONDS = 60;

export interface OAuthErrorFields {
  readonly error: string;
  readonly error_description?: string;
}

/** What an app is told, in a body or in the address to which it is sent back. */
export function errorFields({ reason, detail }: OAuthRefused): OAuthErrorFields {
  const { error, description }: OAuthErrorRow = OAUTH_ERRORS[reason];
  const text = detail ?? description;
  return text === undefined ? { error } : { error, error_description: text };
}

/** What is wrong, for a person or a page. */
export function describeRefusal(refusal: OAuthRefused): string {
  const { error, error_description: description = error } = errorFields(refusal);
  return description;
}

/** Writes a refusal as RFC 6749 section 5.2 says. @param request whose Authorization header is challenged, where it has one */
export function renderRefusal(
  refusal: OAuthRefused,
  request: Request,
  { otherOrigins }: { readonly otherOrigins: boolean },
): Response {
  const { status } = OAUTH_ERRORS[refusal.reason];
  const isChallenged = status === 401 && /^basic\b/i.test(request.headers.get("authorization") ?? "");
  return json(errorFields(refusal), {
    status,
    otherOrigins,
    headers: {
      pragma: "no-cache",
      ...(isChallenged ? { "www-authenticate": 'Basic realm="Heartwire"' } : {}),
      ...(status === 429 ? { "retry-after": String(RETRY_SECONDS) } : {}),
    },
  });
}

const body = z
  .object({ error: z.string(), error_description: z.string().optional() })
  .meta({ id: "OAuthError", description: "Every error of the authorization server (RFC 6749 section 5.2)." });

/** The answers of a description that are errors of this table. */
export function describedErrors(
  reasons: readonly OAuthRefusalReason[],
): Readonly<Record<number, { readonly when: string; readonly schema: z.ZodType }>> {
  const rows: readonly OAuthErrorRow[] = reasons.map((reason) => OAUTH_ERRORS[reason]);
  return Object.fromEntries(
    [...Map.groupBy(rows, ({ status }) => status)].map(([status, those]) => [
      status,
      { when: those.map(({ error, when }) => `${error}: ${when}`).join("\n\n"), schema: body },
    ]),
  );
}
