import type { ProfileId } from "../../domain/reading.ts";
import { isUuid } from "../../domain/uuid.ts";
import type { Client } from "../../storage/clients.ts";
import type { DeviceRequest } from "../../storage/deviceRequests.ts";
import type { NewGrant } from "../../storage/grants.ts";
import { hashToken } from "../tokens.ts";
import { makeTokens, type TokenAnswer } from "./issue.ts";
import type { OAuthParts } from "./parts.ts";
import { trailOf } from "./pinnedSecret.ts";
import { OAuthRefused } from "./refusal.ts";
import type { UnknownDevice } from "./unknownDevices.ts";

/**
 * Answers a device that asks whether its person decided (RFC 8628 section 3.4), with a token once.
 *
 * A poll that is held up is answered that nobody decided, also when somebody did meanwhile: whoever sent it may have given up, and
 * the token would be lost with it.
 *
 * @param clientId the id that the device showed; its app may be known only since its person decided
 * @throws OAuthRefused
 */
export async function pollDevice(
  parts: OAuthParts,
  { clientId, deviceCode }: { readonly clientId: string; readonly deviceCode: string },
  address: string,
  signal: AbortSignal,
): Promise<TokenAnswer> {
  const hash = isUuid(deviceCode) ? hashToken(deviceCode) : undefined;
  if (hash === undefined) throw new OAuthRefused("grantRefused");
  // Memory first: what a person allows is in the directory before it leaves memory.
  const unknown = parts.appRequests.unknownDevices.findByDeviceCode(hash);
  if (unknown !== undefined) return pollUnknown(parts, clientId, unknown, signal);
  const request = await parts.directory.deviceRequests.findByDeviceCode(hash);
  if (request === undefined) throw new OAuthRefused("grantRefused");
  const client = await parts.directory.clients.find(clientId);
  if (client === undefined || request.client !== client.id) throw new OAuthRefused("grantRefused");
  if (request.issuedAt !== undefined) throw new OAuthRefused("deviceIssued");
  if (request.outcome === "denied") throw new OAuthRefused("deviceDenied");
  const now = parts.clock();
  if (request.expiresAt <= now) throw new OAuthRefused("deviceExpired");
  if (request.outcome === "granted" && request.profile !== undefined) {
    return redeem(parts, client, { ...request, profile: request.profile }, address);
  }
  await parts.appRequests.polls.hold(hash, now, signal);
  throw new OAuthRefused("devicePending");
}

async function pollUnknown(
  { appRequests, clock }: OAuthParts,
  clientId: string,
  device: UnknownDevice & { readonly isDenied: boolean },
  signal: AbortSignal,
): Promise<never> {
  if (device.clientId !== clientId) throw new OAuthRefused("grantRefused");
  if (device.isDenied) throw new OAuthRefused("deviceDenied");
  const now = clock();
  if (device.expiresAt <= now) throw new OAuthRefused("deviceExpired");
  await appRequests.polls.hold(device.deviceCodeHash, now, signal);
  throw new OAuthRefused("devicePending");
}

async function redeem(
  { directory, clock }: OAuthParts,
  client: Client,
  { id, profile, scopes, scopesDiffer }: DeviceRequest & { readonly profile: ProfileId },
  address: string,
): Promise<TokenAnswer> {
  const now = clock();
  const { answer, kept } = makeTokens("device", scopes, scopesDiffer, now);
  const details = { ...trailOf(client, address), scopes };
  const grant: NewGrant = {
    client: client.id,
    profile,
    kind: "device",
    scopes,
    createdAt: now,
    trail: [{ at: now, profile, kind: "token_made", details }],
  };
  if (!(await directory.deviceRequests.redeem(id, grant, kept))) throw new OAuthRefused("deviceIssued");
  return answer;
}
