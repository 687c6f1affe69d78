import type { ProfileId } from "../../domain/reading.ts";
import type { Scope } from "../../domain/scopes.ts";
import type { DeviceRequest } from "../../storage/deviceRequests.ts";
import type { NewTrailEntry } from "../../storage/trail.ts";
import { nameOfUnknown } from "./app.ts";
import type { OAuthParts } from "./parts.ts";
import { trailOf } from "./pinnedSecret.ts";
import type { UnknownDevice } from "./unknownDevices.ts";

export type DeviceOutcome = "granted" | "denied";

/** A device that waits for a person, of a known app or of one that nobody let in yet. */
export type WaitingDevice = { readonly userCodeHash: string; readonly isDecided: boolean } & (
  | { readonly known: DeviceRequest }
  | { readonly unknown: UnknownDevice }
);

/** @returns undefined when there is none, or it is over */
export async function findDevice(
  { directory, appRequests, clock }: Pick<OAuthParts, "directory" | "appRequests" | "clock">,
  userCodeHash: string,
): Promise<WaitingDevice | undefined> {
  const unknown = appRequests.unknownDevices.findByUserCode(userCodeHash);
  if (unknown !== undefined) {
    return unknown.expiresAt <= clock() ? undefined : { userCodeHash, isDecided: unknown.isDecided, unknown };
  }
  const known = await directory.deviceRequests.findByUserCode(userCodeHash);
  if (known === undefined || known.expiresAt <= clock()) return undefined;
  return { userCodeHash, isDecided: known.outcome !== undefined, known };
}

/** A person's answer to a device; the first counts. @returns false when somebody answered before */
export async function decideDevice(
  parts: OAuthParts,
  device: WaitingDevice,
  outcome: DeviceOutcome,
  app: { readonly clientId: string; readonly name: string },
  decider: { readonly profile: ProfileId; readonly address: string },
): Promise<boolean> {
  const { profile, address } = decider;
  const { scopes }: { readonly scopes: readonly Scope[] } = "known" in device ? device.known : device.unknown;
  const entry: TrailOfDecision = {
    at: parts.clock(),
    profile,
    kind: outcome === "granted" ? "app_allowed" : "app_denied",
    details: { ...trailOf({ publicId: app.clientId, name: app.name }, address), scopes },
  };
  return "known" in device
    ? parts.directory.deviceRequests.decide(device.known.id, outcome, profile, entry)
    : decideUnknown(parts, device.unknown, outcome, entry);
}

type TrailOfDecision = NewTrailEntry & { readonly profile: ProfileId };

/** Consent registers the app and stores its request; a refusal stores nothing but a line in the person's trail. */
async function decideUnknown(
  { directory, appRequests, clock }: OAuthParts,
  device: UnknownDevice,
  outcome: DeviceOutcome,
  entry: TrailOfDecision,
): Promise<boolean> {
  const { unknownDevices } = appRequests;
  const { userCodeHash, clientId } = device;
  if (!unknownDevices.begin(userCodeHash)) return false;
  try {
    if (outcome === "denied") {
      await directory.trail.record(entry);
      unknownDevices.end(userCodeHash, "denied");
      return true;
    }
    const client = await directory.clients.adopt(clientId, nameOfUnknown(clientId), clock());
    const { deviceCodeHash, scopes, scopesDiffer, createdAt, expiresAt } = device;
    const { deviceRequests } = directory;
    // What failed half way is decided again: then the request is there already.
    if ((await deviceRequests.findByUserCode(userCodeHash)) === undefined) {
      await deviceRequests.create({
        deviceCodeHash,
        userCodeHash,
        client: client.id,
        scopes,
        scopesDiffer,
        createdAt,
        expiresAt,
      });
    }
    const made = await deviceRequests.findByUserCode(userCodeHash);
    const isFirst =
      made !== undefined && (await deviceRequests.decide(made.id, "granted", entry.profile, entry));
    unknownDevices.end(userCodeHash, "stored");
    return isFirst;
  } catch (error) {
    unknownDevices.end(userCodeHash, "failed");
    throw error;
  }
}
