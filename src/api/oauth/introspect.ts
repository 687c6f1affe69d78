import { z } from "zod";
import { authenticateConfidential, readCredentials } from "../../auth/oauth/clientAuthentication.ts";
import { introspect as look } from "../../auth/oauth/introspect.ts";
import { requireParameter } from "../../auth/oauth/parameters.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { describedErrors } from "./oauthErrors.ts";
import { oauthEndpoint, oauthJson, readForm } from "./oauthForm.ts";

const form = z.object({
  token: z.string().describe("An access or a refresh token"),
  token_type_hint: z.string().optional().describe("Not looked at: both kinds are looked for"),
  client_id: z.string().optional().describe("Here, or in the Authorization header"),
  client_secret: z.string().optional().describe("Here, or in the Authorization header"),
});

export const introspect: Operation = {
  answer: oauthEndpoint(tell),
  id: "introspectToken",
  group: "OAuth",
  summary: "What one of an app's own tokens is",
  notes:
    "For apps with a secret. A token that is not this app's is not active, as an unknown, expired or revoked one is: whoever is handed a token asks about it by that token, at /api/v1/token/validate.",
  token: "client",
  form,
  success: {
    status: 200,
    content: {
      "application/json": z
        .object({
          active: z.boolean(),
          scope: z.string().optional(),
          client_id: z.uuid().optional(),
          token_type: z.literal("bearer").optional(),
          exp: z.int().optional().describe("Unix time in seconds"),
          sub: z.string().optional().describe("The person's profile_id; absent for the token of a server"),
        })
        .meta({ id: "Introspection" }),
    },
  },
  others: describedErrors(["malformed", "clientRefused", "failed"]),
  errors: ["bodyTooLarge"],
};

/** `POST /oauth2/introspect` (RFC 7662) */
async function tell(call: Call): Promise<Response> {
  const { request, context } = call;
  const parameters = await readForm(call, form);
  const shown = readCredentials(request.headers.get("authorization"), parameters);
  const client = await authenticateConfidential(context.directory.clients, shown);
  return oauthJson(call, await look(context, client, requireParameter(parameters, "token")));
}
