import { CODE_SECONDS } from "../../domain/oauthLifetimes.ts";
import type { EpochMs, ProfileId } from "../../domain/reading.ts";
import type { Scope } from "../../domain/scopes.ts";
import type { Client } from "../../storage/clients.ts";
import type { NewTrailEntry } from "../../storage/trail.ts";
import { hashToken, makeToken } from "../tokens.ts";
import { clientOf } from "./app.ts";
import type { AuthorizationRequest } from "./authorizationRequest.ts";
import { makeTokens, type TokenAnswer } from "./issue.ts";
import type { OAuthParts } from "./parts.ts";
import { trailOf } from "./pinnedSecret.ts";
import { answerAddress, type Redirect } from "./redirect.ts";

/** Who decides, and from where. */
export interface Decider {
  readonly profile: ProfileId;
  readonly address: string;
  /** The `iss` of the answer: by it an app knows which server answered (RFC 9207). */
  readonly issuer: string;
}

/** What a decision leads to: an address for the browser, or a token for the page to show. */
export type Decided =
  | { readonly redirectTo: string }
  | { readonly shown: TokenAnswer; readonly scopes: readonly Scope[] }
  | { readonly isDenied: true };

/**
 * Lets an app have what it asks for, or less. An app that was not known is registered by it.
 *
 * @param scopes some of those that it asks for
 */
export async function allow(
  parts: OAuthParts,
  request: AuthorizationRequest,
  scopes: readonly Scope[],
  decider: Decider,
): Promise<Decided> {
  const client = await clientOf(parts, request.app);
  const details = { ...trailOf(client, decider.address), scopes };
  const at = parts.clock();
  const { profile } = decider;
  const allowed: NewTrailEntry = { at, profile, kind: "app_allowed", details };
  if (request.response === "code" && request.redirect !== undefined) {
    const code = await makeCode(parts, client, request, request.redirect, scopes, {
      profile,
      trail: [allowed],
    });
    return { redirectTo: answerTo(request, request.redirect, "query", { code }, decider) };
  }
  const trail = [allowed, { ...allowed, kind: "token_made" } as const];
  const answer = await grantAtOnce(parts, client, scopes, { profile, trail });
  if (request.response === "web_page" || request.redirect === undefined) return { shown: answer, scopes };
  // In the order in which Pulsoid writes it.
  const { token_type, access_token, expires_in } = answer;
  const fields = { token_type, access_token, expires_in, scope: scopes.join(" ") };
  return { redirectTo: answerTo(request, request.redirect, "fragment", fields, decider) };
}

/**
 * Tells an app that its person does not want it. Nothing is stored but a line in the person's trail.
 *
 * @param error how the wire says it
 */
export async function deny(
  { directory, clock }: OAuthParts,
  request: AuthorizationRequest,
  decider: Decider,
  error: Readonly<Record<string, string>>,
): Promise<Decided> {
  const { app, redirect, response } = request;
  const details = trailOf({ publicId: app.clientId, name: app.name }, decider.address);
  await directory.trail.record({ at: clock(), profile: decider.profile, kind: "app_denied", details });
  if (redirect === undefined) return { isDenied: true };
  const place = response === "code" ? "query" : "fragment";
  return { redirectTo: answerTo(request, redirect, place, error, decider) };
}

function answerTo(
  { state }: AuthorizationRequest,
  redirect: Redirect,
  place: "query" | "fragment",
  fields: Readonly<Record<string, string | number>>,
  { issuer }: Decider,
): string {
  return answerAddress(redirect, place, { ...fields, state, iss: issuer });
}

/** Who allowed something, and what they read of it afterwards. */
interface Allowed {
  readonly profile: ProfileId;
  readonly trail: readonly NewTrailEntry[];
}

async function makeCode(
  { directory, clock }: OAuthParts,
  client: Client,
  { dropped, scopes: asked, codeChallenge }: AuthorizationRequest,
  redirect: Redirect,
  scopes: readonly Scope[],
  { profile, trail }: Allowed,
): Promise<string> {
  const code = makeToken();
  const now = clock();
  await directory.grants.createCode({
    codeHash: hashToken(code),
    client: client.id,
    profile,
    redirectUri: redirect.uri,
    redirectUriGiven: redirect.isGiven,
    scopes,
    scopesDiffer: dropped.length > 0 || scopes.length < asked.length,
    createdAt: now,
    expiresAt: (now + CODE_SECONDS * 1000) as EpochMs,
    trail,
    ...(codeChallenge === undefined ? {} : { codeChallenge }),
  });
  return code;
}

async function grantAtOnce(
  { directory, clock }: OAuthParts,
  client: Client,
  scopes: readonly Scope[],
  { profile, trail }: Allowed,
): Promise<TokenAnswer> {
  const now = clock();
  const { answer, kept } = makeTokens("implicit", scopes, false, now);
  await directory.grants.create(
    { client: client.id, profile, kind: "implicit", scopes, createdAt: now, trail },
    kept,
  );
  return answer;
}
