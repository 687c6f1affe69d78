import type { ProfileId } from "../../domain/reading.ts";
import type { Client } from "../../storage/clients.ts";
import type { NewPin } from "../../storage/grants.ts";
import type { NewTrailEntry } from "../../storage/trail.ts";
import { isSameSecret, type ShownClient } from "./clientAuthentication.ts";
import type { OAuthParts } from "./parts.ts";
import { OAuthRefused } from "./refusal.ts";

/**
 * An adopted app has a secret that Pulsoid gave it, and nobody here knows it. The first that it shows when it redeems a code that
 * its person has just approved is pinned for this person, and has to be shown from then on.
 *
 * @throws OAuthRefused clientRefused when another one, or none, is shown than is pinned
 */
export async function requirePinnedSecret(
  { directory }: Pick<OAuthParts, "directory">,
  { client, unverifiedSecretHash: shown }: ShownClient,
  profile: ProfileId,
): Promise<void> {
  if (!client.adopted) return;
  const pinned = await directory.clients.findPin(client.id, profile);
  if (pinned !== undefined && !isSameSecret(shown, pinned.secretHash))
    throw new OAuthRefused("clientRefused");
}

/** What is pinned when a code is redeemed. @returns undefined for an app that shows no secret, or one that we know ourselves */
export function pinOf(
  { client, unverifiedSecretHash }: ShownClient,
  trail: NewTrailEntry,
): NewPin | undefined {
  if (!client.adopted || unverifiedSecretHash === undefined) return undefined;
  return { secretHash: unverifiedSecretHash, trail };
}

/** How an app stands in the trail. */
export type TrailOfClient = Readonly<Record<"client_id" | "client_name" | "address", string>>;

export function trailOf(
  { publicId, name }: Pick<Client, "publicId" | "name">,
  address: string,
): TrailOfClient {
  return { client_id: publicId, client_name: name, address };
}
