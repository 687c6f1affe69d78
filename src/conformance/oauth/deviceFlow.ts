import type { Answer } from "../client/answer.ts";
import { expectThat, shown } from "../expectations.ts";
import type { Kit } from "../kit.ts";
import { PATHS } from "../routes.ts";
import { open } from "./consent.ts";
import { anyClientOf, askToken, post, textIn } from "./forms.ts";

export const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/** What a device asks for (RFC 8628 section 3.1). */
export function askDevice(kit: Kit, scope = "data:heart_rate:read"): Promise<Answer> {
  return post(kit, PATHS.device, { client_id: anyClientOf(kit).id, scope });
}

/** Asks whether a device may now (RFC 8628 section 3.4). */
export function poll(kit: Kit, deviceCode: string, clientId = anyClientOf(kit).id): Promise<Answer> {
  return askToken(kit, { grant_type: DEVICE_GRANT, device_code: deviceCode, client_id: clientId });
}

/** A new device code. @throws Mismatch where there is none */
export async function newDeviceCode(kit: Kit, scope?: string): Promise<string> {
  return textIn(await expectDevice(await askDevice(kit, scope)), "device_code");
}

/** @throws Mismatch unless a device is given its codes */
export function expectDevice(answer: Answer): Answer {
  const isRight = answer.status === 200 && answer.isJson && textIn(answer, "device_code") !== "";
  expectThat(isRight, "200 with a device_code in JSON", shown(answer));
  return answer;
}

/** A device about which the test user decided, and how it was answered: at once, and when it asked again. */
export interface Decided {
  readonly first: Answer;
  readonly second: Answer;
}

/** Has a device ask, the test user decide, and the device ask twice more. */
export async function decide(kit: Kit, step: "allow" | "deny", scope?: string): Promise<Decided> {
  const asked = expectDevice(await askDevice(kit, scope));
  await open(kit, textIn(asked, "verification_uri_complete"), step);
  const code = textIn(asked, "device_code");
  return { first: await poll(kit, code), second: await poll(kit, code) };
}
