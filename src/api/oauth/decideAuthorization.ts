import { z } from "zod";
import { allow, type Decided, deny } from "../../auth/oauth/consent.ts";
import { OAuthRefused } from "../../auth/oauth/refusal.ts";
import { SCOPES, type Scope } from "../../domain/scopes.ts";
import { spendChange } from "../changeBudget.ts";
import { clientAddress } from "../clientAddress.ts";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { readDecision } from "./decider.ts";
import { issuerOf } from "./issuer.ts";
import { errorFields } from "./oauthErrors.ts";
import { pageQuery, readPageQuery } from "./pageQuery.ts";

const SOME = "expected some of the scopes that the app asks for";

const body = z.object(
  {
    query: pageQuery,
    allow: z.boolean({ error: "expected true or false" }).describe("The person's answer"),
    scopes: z
      .array(z.enum(SCOPES, { error: SOME }), { error: SOME })
      .min(1, { error: SOME })
      .optional()
      .describe("Which of them the person allows; all of them when absent"),
  },
  { error: "expected a JSON object" },
);

export const decideAuthorization: Operation = {
  answer: decide,
  id: "decideAuthorization",
  group: "OAuth",
  summary: "Let an app in, or not",
  notes:
    "For the consent page alone, by the token of a signed-in person. Answers where the browser goes next, or the token that the page shows. An app that was not known is registered by it, as one that this server cannot verify.",
  token: "session",
  body,
  success: {
    status: 200,
    content: {
      "application/json": z.union([
        z.object({ redirect_to: z.string() }),
        z.object({ access_token: z.uuid(), expires_in: z.int(), scope: z.string() }),
        z.object({ denied: z.literal(true) }),
      ]),
    },
  },
  errors: ["malformedRequest", "bodyTooLarge", "tooManyAttempts"],
};

/** `POST /api/heartwire/v1/authorizations` */
async function decide(call: Call): Promise<Response> {
  const { request, context } = call;
  const { profile, body: sent } = await readDecision(call, body);
  const { query, allow: isAllowed, scopes } = sent;
  const asked = await readPageQuery(call, query);
  spendChange(context, { profile });
  const by = { profile: profile.id, address: clientAddress(call), issuer: issuerOf(request, context) };
  const decided = isAllowed
    ? await allow(context, asked, narrowed(asked.scopes, scopes), by)
    : await deny(context, asked, by, { ...errorFields(new OAuthRefused("accessDenied")) });
  return json(toWire(decided));
}

/** A person may allow less than an app asks for, never more. @throws ApiError malformedRequest */
function narrowed(asked: readonly Scope[], chosen: readonly Scope[] | undefined): readonly Scope[] {
  if (chosen === undefined) return asked;
  if (chosen.some((scope) => !asked.includes(scope))) {
    throw new ApiError("malformedRequest", { detail: `scopes: ${SOME}` });
  }
  return asked.filter((scope) => chosen.includes(scope));
}

function toWire(decided: Decided): object {
  if ("redirectTo" in decided) return { redirect_to: decided.redirectTo };
  if ("isDenied" in decided) return { denied: true };
  const { shown, scopes } = decided;
  return { access_token: shown.access_token, expires_in: shown.expires_in, scope: scopes.join(" ") };
}
