import { DEVICE_CODE_SECONDS } from "../../domain/oauthLifetimes.ts";
import type { EpochMs } from "../../domain/reading.ts";
import type { Client } from "../../storage/clients.ts";
import { hashToken, makeToken } from "../tokens.ts";
import type { OAuthParts } from "./parts.ts";
import { OAuthRefused } from "./refusal.ts";
import { scopesOfPerson } from "./requestedScopes.ts";

/** What a device shows its person, and what it polls with. */
export interface DeviceCodes {
  readonly deviceCode: string;
  readonly userCode: string;
}

/** Where a device asks from: its address (see senderOf), and what its requests are counted by. */
export interface DeviceOrigin {
  readonly sender: string;
  readonly asker: string;
}

/**
 * Begins a device's request (RFC 8628 section 3.1). Codes are UUIDs, as clients check them: nobody guesses one in ten minutes.
 *
 * @param client the app, or the id of one that may be adopted: then nothing is stored
 * @throws OAuthRefused
 */
export async function requestDevice(
  { directory, appRequests, clock, limits }: OAuthParts,
  client: Client | { readonly unknownId: string },
  list: string | undefined,
  { sender, asker }: DeviceOrigin,
): Promise<DeviceCodes> {
  const { scopes, dropped } = scopesOfPerson(list);
  const now = clock();
  if (appRequests.deviceBudget.spend(asker, now) !== undefined) throw new OAuthRefused("tooMany");
  const codes: DeviceCodes = { deviceCode: makeToken(), userCode: makeToken() };
  const request = {
    deviceCodeHash: hashToken(codes.deviceCode),
    userCodeHash: hashToken(codes.userCode),
    scopes,
    scopesDiffer: dropped.length > 0,
    createdAt: now,
    expiresAt: (now + DEVICE_CODE_SECONDS * 1000) as EpochMs,
  };
  if ("unknownId" in client) {
    const device = { ...request, clientId: client.unknownId, asker };
    if (!appRequests.unknownDevices.add(device, now)) throw new OAuthRefused("tooMany");
  } else {
    const waiting = await directory.deviceRequests.countWaiting(client.id, now);
    if (waiting >= limits.devicesPerClientMax) throw new OAuthRefused("tooMany");
    await directory.deviceRequests.create({ ...request, client: client.id });
  }
  appRequests.deviceSenders.remember(request.userCodeHash, sender, now);
  return codes;
}
