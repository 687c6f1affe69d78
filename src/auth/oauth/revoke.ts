import type { ProfileId } from "../../domain/reading.ts";
import { isUuid } from "../../domain/uuid.ts";
import type { Client } from "../../storage/clients.ts";
import type { GrantId } from "../../storage/grants.ts";
import type { TrailDetails, TrailKind } from "../../storage/trail.ts";
import { hashToken } from "../tokens.ts";
import { grantEnded, type OAuthParts, tokensEnded } from "./parts.ts";
import { trailOf } from "./pinnedSecret.ts";

/**
 * Ends a token, whoever sends it: to have it is enough (section 8 of the wire text; RFC 7009 wants to know the app too). With an
 * access or a refresh token ends all that came of its grant, also with one that was rotated: an app that signs out means them all.
 * What is no token of ours is none the wiser.
 */
export async function revokeToken(parts: OAuthParts, token: string, address: string): Promise<void> {
  if (!isUuid(token)) return;
  const hash = hashToken(token);
  const { directory, clock } = parts;
  const access = await directory.findToken(hash);
  if (access?.grant !== undefined) {
    const client = await directory.clients.find(access.clientId);
    await endGrant(parts, access.grant, access.profile?.id, detailsOf(client, address));
    return;
  }
  if (access !== undefined) {
    if (!(await directory.revokeToken(access.id, clock()))) return;
    tokensEnded(parts);
    await record(parts, access.profile?.id, "token_revoked", { address, by: "whoever had it" });
    return;
  }
  const refresh = await directory.grants.findRefreshToken(hash);
  if (refresh === undefined) return;
  const client = await directory.clients.findByNumber(refresh.client);
  await endGrant(parts, refresh.grant, refresh.profile, detailsOf(client, address));
}

/** The app is gone only when it was deleted at this moment. */
function detailsOf(client: Client | undefined, address: string): TrailDetails {
  return client === undefined ? { address } : { ...trailOf(client, address), by: "the app" };
}

async function endGrant(
  parts: OAuthParts,
  grant: GrantId,
  profile: ProfileId | undefined,
  details: TrailDetails,
): Promise<void> {
  if (!(await parts.directory.grants.revoke(grant, parts.clock()))) return;
  grantEnded(parts, grant);
  await record(parts, profile, "app_disconnected", details);
}

/** A server's own token stands in nobody's trail. */
async function record(
  { directory, clock }: OAuthParts,
  profile: ProfileId | undefined,
  kind: TrailKind,
  details: TrailDetails,
): Promise<void> {
  if (profile !== undefined) await directory.trail.record({ at: clock(), profile, kind, details });
}
