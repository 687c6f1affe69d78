import { z } from "zod";
import { hashToken, makeToken as newToken } from "../../auth/tokens.ts";
import type { EpochMs } from "../../domain/reading.ts";
import { SCOPES } from "../../domain/scopes.ts";
import { MANUAL_CLIENT_ID } from "../../storage/directory.ts";
import { readAuthorisedJson } from "../body.ts";
import { spendChange } from "../changeBudget.ts";
import { clientAddress } from "../clientAddress.ts";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { GRANTABLE_SCOPES, name } from "./schemas.ts";
import { PAGE_TOKEN, sessionUser } from "./sessionUser.ts";

/** A token is good for a minute at least and a hundred years at most; until it is revoked when nothing is said. */
export const EXPIRES_IN_SECONDS_MIN = 60;
export const EXPIRES_IN_SECONDS_MAX = 3_153_600_000;

const SECONDS = `expected a whole number of seconds from ${EXPIRES_IN_SECONDS_MIN} to ${EXPIRES_IN_SECONDS_MAX}`;
const SCOPE_LIST = `expected a list of at least one of ${GRANTABLE_SCOPES.join(", ")}`;

const body = z.object(
  {
    name,
    scopes: z
      .array(z.enum(GRANTABLE_SCOPES, { error: SCOPE_LIST }), { error: SCOPE_LIST })
      .min(1, { error: SCOPE_LIST }),
    expires_in: z
      .int({ error: SECONDS })
      .min(EXPIRES_IN_SECONDS_MIN, { error: SECONDS })
      .max(EXPIRES_IN_SECONDS_MAX, { error: SECONDS })
      .optional()
      .describe("Seconds; until it is revoked when left out"),
  },
  { error: "expected a JSON object" },
);

export const makeToken: Operation = {
  answer: make,
  id: "makeToken",
  group: "Account",
  summary: "Make a token by hand",
  notes: "It is shown once and not kept.",
  token: "session",
  body,
  success: {
    status: 200,
    content: { "application/json": z.object({ token: z.uuid(), id: z.int() }).meta({ id: "NewToken" }) },
  },
  errors: ["malformedRequest", "bodyTooLarge", "conflict", "tooManyAttempts"],
};

/** `POST /api/heartwire/v1/account/tokens` */
async function make(call: Call): Promise<Response> {
  const { context } = call;
  const { directory, limits } = context;
  const { profile } = await sessionUser(call);
  const asked = await readAuthorisedJson(call, body, PAGE_TOKEN);
  spendChange(context, { profile });
  const scopes = SCOPES.filter((scope) => (asked.scopes as readonly string[]).includes(scope));
  const createdAt = context.clock();
  const token = newToken();
  const made = {
    hash: hashToken(token),
    profile: profile.id,
    clientId: MANUAL_CLIENT_ID,
    scopes,
    label: asked.name,
    createdAt,
    ...(asked.expires_in === undefined
      ? {}
      : { expiresAt: (createdAt + asked.expires_in * 1_000) as EpochMs }),
  };
  const id = await directory.ownTokens.create(made, limits.tokensMax);
  if (id === undefined) {
    throw new ApiError("conflict", {
      detail: `you have ${limits.tokensMax} tokens, which is the most; revoke one first`,
    });
  }
  const details = { name: asked.name, scopes, address: clientAddress(call) };
  await directory.trail.record({ at: createdAt, profile: profile.id, kind: "token_made", details });
  return json({ token, id });
}
