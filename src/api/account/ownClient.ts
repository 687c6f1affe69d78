import { z } from "zod";
import { hashToken, makeToken } from "../../auth/tokens.ts";
import type { ProfileId } from "../../domain/reading.ts";
import { redirectUriFault } from "../../domain/redirectUri.ts";
import { isUuid } from "../../domain/uuid.ts";
import type { Client } from "../../storage/clients.ts";
import type { TrailKind } from "../../storage/trail.ts";
import { clientAddress } from "../clientAddress.ts";
import type { Call, Context } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { SessionUser } from "./sessionUser.ts";

/** A client that somebody registered. @throws ApiError notFound for one that is unknown, and for anybody else's */
export async function findOwnClient(
  { directory }: Context,
  owner: ProfileId,
  clientId = "",
): Promise<Client> {
  const found = isUuid(clientId) ? await directory.clients.find(clientId.toLowerCase()) : undefined;
  if (found === undefined || found.owner !== owner) throw clientUnknown();
  return found;
}

export function clientUnknown(): ApiError {
  return new ApiError("notFound", { detail: "you registered no such app" });
}

const ADDRESSES = "expected a list of redirect addresses";

export const redirectUris = z
  .array(z.string({ error: "expected an address" }), { error: ADDRESSES })
  .describe("Where the app may be sent back to; compared character by character");

/** @throws ApiError malformedRequest that names the address by its place, and says what was expected */
export function requireRedirectUris(uris: readonly string[], redirectAddressesMax: number): void {
  if (uris.length > redirectAddressesMax) {
    throw malformed(`redirect_uris: expected at most ${redirectAddressesMax} addresses`);
  }
  for (const [place, uri] of uris.entries()) {
    const fault = redirectUriFault(uri);
    if (fault !== undefined) throw malformed(`redirect_uris.${place}: ${fault}`);
    if (uris.indexOf(uri) !== place) throw malformed(`redirect_uris.${place}: it is in the list already`);
  }
}

/** A secret is shown once; what is kept of it is its SHA-256, as of tokens. */
export function newSecret(): { readonly secret: string; readonly secretHash: string } {
  const secret = makeToken();
  return { secret, secretHash: hashToken(secret) };
}

/** Records what somebody did with an app of theirs. */
export function recordClient(
  call: Call,
  { profile, now }: SessionUser,
  kind: TrailKind,
  { publicId, name }: Client,
): Promise<void> {
  const details = { client_id: publicId, client_name: name, address: clientAddress(call) };
  return call.context.directory.trail.record({ at: now, profile: profile.id, kind, details });
}

function malformed(detail: string): ApiError {
  return new ApiError("malformedRequest", { detail });
}
