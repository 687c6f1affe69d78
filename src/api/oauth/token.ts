import { z } from "zod";
import {
  authenticateClient,
  authenticateConfidential,
  readCredentials,
  refuseWrongSecret,
} from "../../auth/oauth/clientAuthentication.ts";
import { grantToServer } from "../../auth/oauth/clientCredentials.ts";
import type { TokenAnswer } from "../../auth/oauth/issue.ts";
import { type Parameters, requireParameter } from "../../auth/oauth/parameters.ts";
import { pollDevice } from "../../auth/oauth/pollDevice.ts";
import { redeemCode } from "../../auth/oauth/redeemCode.ts";
import { refresh } from "../../auth/oauth/refresh.ts";
import { OAuthRefused } from "../../auth/oauth/refusal.ts";
import { clientAddress } from "../clientAddress.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { describedErrors } from "./oauthErrors.ts";
import { oauthEndpoint, oauthJson, readForm } from "./oauthForm.ts";
import { DEVICE_GRANT } from "./paths.ts";

const form = z.object({
  grant_type: z
    .enum(["authorization_code", "refresh_token", "client_credentials", DEVICE_GRANT])
    .describe("What the app shows for a token"),
  client_id: z.string().optional().describe("Here, or in the Authorization header"),
  client_secret: z
    .string()
    .optional()
    .describe("Here, or in the Authorization header, of an app that has one"),
  code: z.string().optional().describe("authorization_code: the code"),
  redirect_uri: z
    .string()
    .optional()
    .describe("authorization_code: the same as in the authorization request"),
  code_verifier: z.string().optional().describe("authorization_code: the verifier of the challenge (PKCE)"),
  refresh_token: z.string().optional().describe("refresh_token: the refresh token"),
  device_code: z.string().optional().describe(`${DEVICE_GRANT}: the device's code`),
  scope: z
    .string()
    .optional()
    .describe("refresh_token, client_credentials: which scopes, separated by spaces or commas"),
});

type TokenParameters = Parameters<keyof typeof form.shape>;

export const token: Operation = {
  answer: oauthEndpoint(give),
  id: "getToken",
  group: "OAuth",
  summary: "Give an app a token",
  notes:
    "For an authorization code, a refresh token, a device's code, or in the app's own name. An app with a secret shows it, in the form or by HTTP Basic, but for a device's code, which is a secret itself. `scope` is answered where the app is given others than it asked for. A code is good once, for 60 seconds; a refresh token once, and once more within 60 seconds of its use, with the same answer.",
  token: "client",
  form,
  success: {
    status: 200,
    content: {
      "application/json": z
        .object({
          access_token: z.uuid(),
          refresh_token: z.uuid().optional(),
          expires_in: z.int().describe("Seconds"),
          token_type: z.literal("bearer"),
          scope: z.string().optional(),
        })
        .meta({ id: "TokenAnswer" }),
    },
  },
  others: describedErrors([
    "malformed",
    "clientRefused",
    "grantRefused",
    "grantUnsupported",
    "scopeRefused",
    "devicePending",
    "deviceDenied",
    "deviceIssued",
    "deviceExpired",
    "tooMany",
    "failed",
  ]),
  errors: ["bodyTooLarge"],
};

/** `POST /oauth2/token` (RFC 6749 section 3.2, RFC 8628 section 3.4) */
async function give(call: Call): Promise<Response> {
  const parameters = await readForm(call, form);
  const type = requireParameter(parameters, "grant_type");
  const grant = GRANTS[type as keyof typeof GRANTS];
  if (grant === undefined) throw new OAuthRefused("grantUnsupported");
  return oauthJson(call, await grant(call, parameters));
}

type GiveToken = (call: Call, parameters: TokenParameters) => Promise<TokenAnswer>;

// Without a prototype: nobody names one of its methods as a grant type.
const GRANTS: Readonly<Record<string, GiveToken>> = Object.assign(Object.create(null), {
  async authorization_code(call, parameters) {
    const shown = await authenticateClient(call.context.directory.clients, credentials(call, parameters));
    return redeemCode(call.context, shown, parameters, clientAddress(call));
  },
  async refresh_token(call, parameters) {
    const shown = await authenticateClient(call.context.directory.clients, credentials(call, parameters));
    return refresh(call.context, shown, parameters, clientAddress(call));
  },
  async client_credentials({ request, context }, parameters) {
    const { directory } = context;
    const shown = readCredentials(request.headers.get("authorization"), parameters);
    const client = await authenticateConfidential(directory.clients, shown);
    return grantToServer(context, client, parameters.scope);
  },
  async [DEVICE_GRANT](call, parameters) {
    const { request, context } = call;
    const shown = credentials(call, parameters);
    await refuseWrongSecret(context.directory.clients, shown);
    const deviceCode = requireParameter(parameters, "device_code");
    const poll = { clientId: shown.clientId.toLowerCase(), deviceCode };
    return pollDevice(context, poll, clientAddress(call), request.signal);
  },
} satisfies Record<string, GiveToken>);

function credentials({ request }: Call, parameters: TokenParameters) {
  return readCredentials(request.headers.get("authorization"), parameters);
}
