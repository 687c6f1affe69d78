import type { TestServer } from "../server.ts";
import type { SignedInPerson } from "../signedIn.ts";
import { askToken, asPage, HEART_SCOPES, postForm, type TokenReply } from "./flows.ts";

export const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/** What the device endpoint answered. */
export interface DeviceReply {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
  readonly expires_in: number;
  readonly interval: number;
}

export function askDevice(
  server: Pick<TestServer, "origin">,
  clientId: string,
  fields: Readonly<Record<string, string | undefined>> = {},
): Promise<Response> {
  return postForm(server, "/oauth2/device_authorization", {
    client_id: clientId,
    scope: HEART_SCOPES,
    ...fields,
  });
}

/** A device begins. @throws when it is refused */
export async function beginDevice(
  server: Pick<TestServer, "origin">,
  clientId: string,
  fields: Readonly<Record<string, string | undefined>> = {},
): Promise<DeviceReply> {
  const response = await askDevice(server, clientId, fields);
  if (!response.ok) throw new Error(`answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as DeviceReply;
}

export function poll(
  server: Pick<TestServer, "origin">,
  clientId: string,
  deviceCode: string,
  fields: Readonly<Record<string, string | undefined>> = {},
): Promise<TokenReply> {
  return askToken(server, {
    grant_type: DEVICE_GRANT,
    device_code: deviceCode,
    client_id: clientId,
    ...fields,
  });
}

export function decideDevice(
  server: Pick<TestServer, "origin">,
  person: Pick<SignedInPerson, "token">,
  userCode: string,
  isAllowed = true,
): Promise<Response> {
  return asPage(server, person, "/device_authorizations", { user_code: userCode, allow: isAllowed });
}

export function lookAtDevice(
  server: Pick<TestServer, "origin">,
  person: Pick<SignedInPerson, "token">,
  userCode: string,
): Promise<Response> {
  return asPage(server, person, "/device_authorizations/look", { user_code: userCode });
}
