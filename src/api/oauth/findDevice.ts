import { z } from "zod";
import { type KnownApp, lookUpApp } from "../../auth/oauth/app.ts";
import { findDevice as find, type WaitingDevice } from "../../auth/oauth/decideDevice.ts";
import { OAuthRefused } from "../../auth/oauth/refusal.ts";
import { hashToken } from "../../auth/tokens.ts";
import { isUuid } from "../../domain/uuid.ts";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import { mayAdopt } from "./adoption.ts";
import type { SignedInPerson } from "./decider.ts";

export const userCode = z
  .string({ error: "expected the code that the device shows" })
  .describe("The code that the device shows");

/**
 * Finds the device that shows a code, and its app.
 *
 * @throws ApiError notFound when there is none or it is over, conflict when somebody decided, tooManyAttempts after too many codes
 * that are not there
 */
export async function findDevice(
  call: Call,
  { profile }: SignedInPerson,
  code: string,
): Promise<{ readonly device: WaitingDevice; readonly app: KnownApp }> {
  const { context } = call;
  const { userCodeBudget } = context.appRequests;
  const wait = userCodeBudget.waitSeconds(String(profile.id), context.clock());
  if (wait !== undefined) throw new ApiError("tooManyAttempts", { headers: { "retry-after": String(wait) } });
  const text = code.trim();
  const device = isUuid(text) ? await find(context, hashToken(text)) : undefined;
  const app = device === undefined ? undefined : await appOf(call, device);
  if (device === undefined || app === undefined) {
    userCodeBudget.spend(String(profile.id), context.clock());
    throw new ApiError("notFound", { detail: "this code is unknown, or over" });
  }
  if (device.isDecided) throw new ApiError("conflict", { detail: "somebody has decided about this device" });
  return { device, app };
}

/** @returns undefined when its app may not ask here any more */
async function appOf(call: Call, device: WaitingDevice): Promise<KnownApp | undefined> {
  const { context } = call;
  try {
    if ("unknown" in device) return await lookUpApp(context, device.unknown.clientId, mayAdopt(call));
    const client = await context.directory.clients.findByNumber(device.known.client);
    return client && (await lookUpApp(context, client.publicId, mayAdopt(call)));
  } catch (refusal) {
    if (refusal instanceof OAuthRefused) return undefined;
    throw refusal;
  }
}
