import { isUuid } from "../../domain/uuid.ts";
import type { Client } from "../../storage/clients.ts";
import { hashToken } from "../tokens.ts";
import type { OAuthParts } from "./parts.ts";

/** What an app is told of a token (RFC 7662 section 2.2). */
export type Introspection =
  | { readonly active: false }
  | {
      readonly active: true;
      readonly scope: string;
      readonly client_id: string;
      readonly token_type?: "bearer";
      /** Unix time in seconds. */
      readonly exp: number;
      /** The `profile_id` of the person; absent for a server's own token. */
      readonly sub?: string;
    };

const INACTIVE = { active: false } as const;

/**
 * Says what one of an app's own tokens is. Somebody else's is not active, as an unknown one is: there are no resource servers beside
 * this one, and an app that was handed a token asks about it with that token (`/api/v1/token/validate`).
 */
export async function introspect(
  { directory, clock }: Pick<OAuthParts, "directory" | "clock">,
  client: Client,
  token: string,
): Promise<Introspection> {
  if (!isUuid(token)) return INACTIVE;
  const hash = hashToken(token);
  const access = await directory.findToken(hash);
  if (access !== undefined) {
    const { clientId, expiresAt, grant, profile, scopes } = access;
    if (clientId !== client.publicId || grant === undefined || expiresAt === undefined) return INACTIVE;
    if (expiresAt <= clock()) return INACTIVE;
    return {
      active: true,
      scope: scopes.join(" "),
      client_id: clientId,
      token_type: "bearer",
      exp: Math.floor(expiresAt / 1000),
      ...(profile === undefined ? {} : { sub: profile.publicId }),
    };
  }
  const refresh = await directory.grants.findRefreshToken(hash);
  if (refresh === undefined || refresh.client !== client.id) return INACTIVE;
  if (refresh.revoked || refresh.rotatedAt !== undefined || refresh.expiresAt <= clock()) return INACTIVE;
  return {
    active: true,
    scope: refresh.scopes.join(" "),
    client_id: client.publicId,
    exp: Math.floor(refresh.expiresAt / 1000),
  };
}
