import { z } from "zod";
import { requireParameter } from "../../auth/oauth/parameters.ts";
import { OAuthRefused } from "../../auth/oauth/refusal.ts";
import { revokeToken } from "../../auth/oauth/revoke.ts";
import { askerOf, clientAddress } from "../clientAddress.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { describedErrors } from "./oauthErrors.ts";
import { oauthEndpoint, oauthJson, readForm } from "./oauthForm.ts";

const form = z.object({
  token: z.string().describe("An access or a refresh token"),
  token_type_hint: z.string().optional().describe("Not looked at: both kinds are looked for"),
});

export const revoke: Operation = {
  answer: oauthEndpoint(end),
  id: "endToken",
  group: "OAuth",
  summary: "End a token",
  notes:
    "Whoever has a token may end it, and all that came of the same grant with it. The answer is the same whether it was one or not.",
  token: "none",
  form,
  success: { status: 200, content: { "application/json": z.object({}) } },
  others: describedErrors(["malformed", "tooMany", "failed"]),
  errors: ["bodyTooLarge"],
};

/** `POST /oauth2/revoke` (RFC 7009, without client authentication) */
async function end(call: Call): Promise<Response> {
  const { appRequests, clock } = call.context;
  const token = requireParameter(await readForm(call, form), "token");
  const address = clientAddress(call);
  if (appRequests.revocationBudget.spend(askerOf(call), clock()) !== undefined) {
    throw new OAuthRefused("tooMany");
  }
  await revokeToken(call.context, token, address);
  return oauthJson(call, {});
}
