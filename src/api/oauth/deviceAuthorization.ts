import { z } from "zod";
import { lookUpApp } from "../../auth/oauth/app.ts";
import { readCredentials, refuseWrongSecret } from "../../auth/oauth/clientAuthentication.ts";
import { OAuthRefused } from "../../auth/oauth/refusal.ts";
import { requestDevice } from "../../auth/oauth/requestDevice.ts";
import { DEVICE_CODE_SECONDS, DEVICE_INTERVAL_SECONDS } from "../../domain/oauthLifetimes.ts";
import { askerOf, clientAddress, senderOf } from "../clientAddress.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { mayAdopt } from "./adoption.ts";
import { issuerOf } from "./issuer.ts";
import { describedErrors } from "./oauthErrors.ts";
import { oauthEndpoint, oauthJson, readForm } from "./oauthForm.ts";
import { OAUTH_PATHS } from "./paths.ts";

const form = z.object({
  client_id: z.string().describe("The app's id"),
  client_secret: z.string().optional().describe("Needed by no device"),
  scope: z.string().describe("What the device asks for, separated by spaces or commas"),
});

export const deviceAuthorization: Operation = {
  answer: oauthEndpoint(begin),
  id: "beginDevice",
  group: "OAuth",
  summary: "Begin to connect a device",
  notes:
    "The device shows its person the address, and polls the token endpoint with its code every `interval` seconds. The codes are good for ten minutes.",
  token: "none",
  form,
  success: {
    status: 200,
    content: {
      "application/json": z
        .object({
          device_code: z.uuid(),
          user_code: z.uuid(),
          verification_uri: z.url(),
          verification_uri_complete: z.url(),
          expires_in: z.int().describe("Seconds"),
          interval: z.int().describe("Seconds"),
        })
        .meta({ id: "DeviceAuthorization" }),
    },
  },
  others: describedErrors(["malformed", "clientRefused", "scopeRefused", "tooMany", "failed"]),
  errors: ["bodyTooLarge"],
};

/** `POST /oauth2/device_authorization` (RFC 8628 section 3.1) */
async function begin(call: Call): Promise<Response> {
  const { request, context } = call;
  const parameters = await readForm(call, form);
  const shown = readCredentials(request.headers.get("authorization"), parameters);
  await refuseWrongSecret(context.directory.clients, shown);
  const app = await lookUpApp(context, shown.clientId, mayAdopt(call)).catch(refuseClient);
  const from = { sender: senderOf(clientAddress(call)), asker: askerOf(call) };
  const client = app.client ?? { unknownId: app.clientId };
  const { deviceCode, userCode } = await requestDevice(context, client, parameters.scope, from);
  const page = new URL(OAUTH_PATHS.deviceConsent, issuerOf(request, context));
  return oauthJson(call, {
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: page.href,
    verification_uri_complete: `${page.href}?user_code=${userCode}`,
    expires_in: DEVICE_CODE_SECONDS,
    interval: DEVICE_INTERVAL_SECONDS,
  });
}

/** At this endpoint an app that is not known is the client that is wrong (RFC 8628 section 3.1). */
function refuseClient(refusal: unknown): never {
  throw refusal instanceof OAuthRefused ? new OAuthRefused("clientRefused") : refusal;
}
