import type { ProfileId } from "../../domain/reading.ts";
import type { GrantId } from "../../storage/grants.ts";
import type { TrailDetails } from "../../storage/trail.ts";
import { grantEnded, type OAuthParts } from "./parts.ts";

/** Ends all tokens of a grant because one of them is in two hands, and tells the person. */
export async function endFamily(
  parts: OAuthParts,
  grant: GrantId,
  profile: ProfileId,
  details: TrailDetails,
): Promise<void> {
  const now = parts.clock();
  if (!(await parts.directory.grants.revoke(grant, now))) return;
  grantEnded(parts, grant);
  await parts.directory.trail.record({ at: now, profile, kind: "app_family_revoked", details });
}
