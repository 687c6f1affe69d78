import type { Client } from "../../storage/clients.ts";
import { makeTokens, type TokenAnswer } from "./issue.ts";
import type { OAuthParts } from "./parts.ts";
import { OAuthRefused } from "./refusal.ts";
import { scopesOfServer } from "./requestedScopes.ts";

/**
 * Gives an app a token in its own name (RFC 6749 section 4.4). It belongs to no person and opens nothing that does.
 *
 * @throws OAuthRefused scopeRefused or tooMany
 */
export async function grantToServer(
  { appRequests, directory, clock }: Pick<OAuthParts, "appRequests" | "directory" | "clock">,
  client: Client,
  list: string | undefined,
): Promise<TokenAnswer> {
  const { scopes, differ } = scopesOfServer(list);
  const now = clock();
  if (appRequests.tokenBudget.spend(client.publicId, now) !== undefined) throw new OAuthRefused("tooMany");
  const { answer, kept } = makeTokens("client_credentials", scopes, differ, now);
  await directory.grants.create(
    { client: client.id, kind: "client_credentials", scopes, createdAt: now },
    kept,
  );
  return answer;
}
