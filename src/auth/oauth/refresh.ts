import { parseScopes, type Scope } from "../../domain/scopes.ts";
import { isUuid } from "../../domain/uuid.ts";
import { REPEAT_MS, type RefreshToken } from "../../storage/grants.ts";
import { hashToken } from "../tokens.ts";
import type { ShownClient } from "./clientAuthentication.ts";
import { endFamily } from "./endFamily.ts";
import { makeTokens, type TokenAnswer } from "./issue.ts";
import { type Parameters, requireParameter } from "./parameters.ts";
import { grantEnded, type OAuthParts } from "./parts.ts";
import { requirePinnedSecret, trailOf } from "./pinnedSecret.ts";
import { OAuthRefused } from "./refusal.ts";
import { openAnswer, sealAnswer } from "./sealedAnswer.ts";

export type RefreshParameters = Parameters<"refresh_token" | "scope">;

/**
 * Puts a new pair of tokens in the place of an old one (RFC 6749 section 6, RFC 9700 section 4.14). The old access token is gone at
 * once. The old refresh token may be repeated once within a minute, by an app that did not hear the answer, and is given the same
 * answer; any other use of it ends the family, because somebody else may have it.
 *
 * @throws OAuthRefused
 */
export async function refresh(
  parts: OAuthParts,
  shown: ShownClient,
  parameters: RefreshParameters,
  address: string,
): Promise<TokenAnswer> {
  const token = requireParameter(parameters, "refresh_token");
  const found = await find(parts, token);
  if (found === undefined || found.client !== shown.client.id) throw new OAuthRefused("grantRefused");
  await requirePinnedSecret(parts, shown, found.profile);
  if (found.revoked || found.expiresAt <= parts.clock()) throw new OAuthRefused("grantRefused");
  if (found.rotatedAt !== undefined) return repeat(parts, shown, found, token, address);
  const answer = await rotate(parts, found, token, parameters.scope);
  if (answer !== undefined) return answer;
  const rotated = await find(parts, token);
  if (rotated === undefined || rotated.revoked) throw new OAuthRefused("grantRefused");
  return repeat(parts, shown, rotated, token, address);
}

async function find({ directory }: OAuthParts, token: string): Promise<RefreshToken | undefined> {
  return isUuid(token) ? directory.grants.findRefreshToken(hashToken(token)) : undefined;
}

/** @returns undefined when somebody else was first, or the grant was revoked meanwhile */
async function rotate(
  parts: OAuthParts,
  found: RefreshToken,
  token: string,
  list: string | undefined,
): Promise<TokenAnswer | undefined> {
  const now = parts.clock();
  const { scopes, differ } = narrowed(found.scopes, list);
  const wait = parts.appRequests.tokenBudget.spend(`grant ${found.grant}`, now);
  if (wait !== undefined) throw new OAuthRefused("tooMany");
  const { answer, kept } = makeTokens("code", scopes, differ, now);
  const sealed = sealAnswer(answer, token);
  if (!(await parts.directory.grants.rotate(found.id, { ...kept, scopes }, sealed, now))) return undefined;
  grantEnded(parts, found.grant);
  return answer;
}

/** An app may ask for less than it was granted, and for nothing else (RFC 6749 section 6). */
function narrowed(
  granted: readonly Scope[],
  list: string | undefined,
): { readonly scopes: readonly Scope[]; readonly differ: boolean } {
  if (list === undefined) return { scopes: granted, differ: false };
  const { known, unknown } = parseScopes(list);
  if (known.length === 0 || known.some((scope) => !granted.includes(scope))) {
    throw new OAuthRefused("scopeRefused", "scope: expected some of those that were granted");
  }
  return { scopes: known, differ: unknown.length > 0 };
}

async function repeat(
  parts: OAuthParts,
  { client }: ShownClient,
  { id, grant, profile, rotatedAt }: RefreshToken,
  token: string,
  address: string,
): Promise<TokenAnswer> {
  const isInTime = parts.clock() - (rotatedAt ?? 0) <= REPEAT_MS;
  const sealed = isInTime ? await parts.directory.grants.takeSealedAnswer(id) : undefined;
  if (sealed !== undefined) return openAnswer(sealed, token);
  await endFamily(parts, grant, profile, {
    ...trailOf(client, address),
    reason: "refresh token used twice",
  });
  throw new OAuthRefused("grantRefused");
}
