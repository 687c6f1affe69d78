import { timingSafeEqual } from "node:crypto";
import { CODE_TWICE_MS } from "../../domain/oauthLifetimes.ts";
import { isCodeVerifier } from "../../domain/pkce.ts";
import { isUuid } from "../../domain/uuid.ts";
import { type AuthorizationCode, type NewGrant, OtherSecretPinned } from "../../storage/grants.ts";
import { hashToken } from "../tokens.ts";
import type { ShownClient } from "./clientAuthentication.ts";
import { endFamily } from "./endFamily.ts";
import { makeTokens, type TokenAnswer } from "./issue.ts";
import { type Parameters, requireParameter } from "./parameters.ts";
import type { OAuthParts } from "./parts.ts";
import { pinOf, requirePinnedSecret, trailOf } from "./pinnedSecret.ts";
import { OAuthRefused } from "./refusal.ts";

export type CodeParameters = Parameters<"code" | "redirect_uri" | "code_verifier">;

/**
 * Turns an authorization code into tokens (RFC 6749 section 4.1.3), once.
 *
 * Whoever uses a code that was used before ends what came of it, because one of the two uses was a thief's. The exception is a
 * repetition within two seconds that is right in everything: apps send twice at once.
 *
 * @throws OAuthRefused
 */
export async function redeemCode(
  parts: OAuthParts,
  shown: ShownClient,
  parameters: CodeParameters,
  address: string,
): Promise<TokenAnswer> {
  const text = requireParameter(parameters, "code");
  const hash = isUuid(text) ? hashToken(text) : undefined;
  const code = hash === undefined ? undefined : await parts.directory.grants.findCode(hash);
  if (hash === undefined || code === undefined) throw new OAuthRefused("grantRefused");
  try {
    requireOwnCode(code, shown, parameters);
    await requirePinnedSecret(parts, shown, code.profile);
  } catch (refusal) {
    if (code.usedAt !== undefined) await endUsed(parts, code, shown, address);
    throw refusal;
  }
  if (code.usedAt !== undefined) return refuseUsed(parts, code, shown, address);
  if (code.expiresAt <= parts.clock()) throw new OAuthRefused("grantRefused");
  const answer = await exchange(parts, code, shown, address);
  if (answer !== undefined) return answer;
  const used = await parts.directory.grants.findCode(hash);
  return refuseUsed(parts, used ?? code, shown, address);
}

/** @throws OAuthRefused when the code was given to another app, for another address, or to whoever knows another verifier */
function requireOwnCode(code: AuthorizationCode, { client }: ShownClient, parameters: CodeParameters): void {
  const { redirect_uri: redirectUri } = parameters;
  // What the authorization request named must be named again; what it left out may be left out (RFC 6749 section 4.1.3).
  const isNamed = redirectUri === undefined ? !code.redirectUriGiven : redirectUri === code.redirectUri;
  if (code.client !== client.id || !isNamed) throw new OAuthRefused("grantRefused");
  requireVerifier(code.codeChallenge, parameters.code_verifier);
}

/**
 * A verifier is needed where there was a challenge. One without a challenge is refused as well: somebody may have taken the
 * challenge out of the authorization request (RFC 9700 section 4.8.2).
 */
function requireVerifier(challenge: string | undefined, verifier: string | undefined): void {
  if (challenge === undefined && verifier === undefined) return;
  if (challenge === undefined || verifier === undefined || !isCodeVerifier(verifier)) {
    throw new OAuthRefused("grantRefused");
  }
  const hashed = Bun.SHA256.hash(verifier, "base64url");
  if (!timingSafeEqual(Buffer.from(hashed), Buffer.from(challenge))) throw new OAuthRefused("grantRefused");
}

/** @returns undefined when somebody else was first */
async function exchange(
  parts: OAuthParts,
  code: AuthorizationCode,
  shown: ShownClient,
  address: string,
): Promise<TokenAnswer | undefined> {
  const { client } = shown;
  const now = parts.clock();
  const { answer, kept } = makeTokens("code", code.scopes, code.scopesDiffer, now);
  const { profile, scopes } = code;
  const details = trailOf(client, address);
  const grant: NewGrant = {
    client: client.id,
    profile,
    kind: "code",
    scopes,
    createdAt: now,
    trail: [{ at: now, profile, kind: "token_made", details: { ...details, scopes } }],
  };
  const pin = pinOf(shown, { at: now, profile, kind: "client_secret_pinned", details });
  try {
    return (await parts.directory.grants.redeemCode(code.id, grant, kept, pin)) ? answer : undefined;
  } catch (error) {
    // It was pinned between our look and this.
    if (error instanceof OtherSecretPinned) throw new OAuthRefused("clientRefused");
    throw error;
  }
}

async function refuseUsed(
  parts: OAuthParts,
  code: AuthorizationCode,
  shown: ShownClient,
  address: string,
): Promise<never> {
  const isTwiceAtOnce = parts.clock() - (code.usedAt ?? 0) <= CODE_TWICE_MS;
  if (!isTwiceAtOnce) await endUsed(parts, code, shown, address);
  throw new OAuthRefused("grantRefused");
}

async function endUsed(
  parts: OAuthParts,
  { grant, profile }: AuthorizationCode,
  { client }: ShownClient,
  address: string,
): Promise<void> {
  if (grant === undefined) return;
  await endFamily(parts, grant, profile, { ...trailOf(client, address), reason: "code used twice" });
}
