import { z } from "zod";
import { authorise, readToken } from "../../auth/bearer.ts";
import type { EpochMs } from "../../domain/reading.ts";
import { SCOPES } from "../../domain/scopes.ts";
import type { TokenRecord } from "../../storage/directory.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";

/** `expires_in` must fit a signed 32-bit integer: clients parse an int. It also stands for "until revoked". */
const EXPIRES_IN_MAX_SECONDS = 2_147_483_647;

export const validateToken: Operation = {
  answer: validate,
  id: "validateToken",
  group: "Token",
  summary: "What a token is and opens",
  notes: "Any token may ask about itself. 2147483647 in `expires_in` stands for: until it is revoked.",
  token: { scopes: [], query: false },
  success: {
    status: 200,
    content: {
      "application/json": z
        .object({
          token: z.uuid(),
          client_id: z.uuid(),
          expires_in: z.int().min(0).max(EXPIRES_IN_MAX_SECONDS).describe("Seconds"),
          profile_id: z.string().nullable().describe("null for the token of a server"),
          scopes: z.array(z.enum(SCOPES)),
        })
        .meta({ id: "TokenValidation" }),
    },
  },
};

/** `GET /api/v1/token/validate`: what a token is and opens. */
async function validate({ request, context }: Call): Promise<Response> {
  const now = context.clock();
  const record = await authorise(request, { query: false }, context.verifier, now);
  return json({
    token: readToken(request, { query: false }),
    client_id: record.clientId,
    expires_in: expiresInSeconds(record, now),
    profile_id: record.profile?.publicId ?? null,
    scopes: record.scopes,
  });
}

function expiresInSeconds(record: TokenRecord, now: EpochMs): number {
  if (record.expiresAt === undefined) return EXPIRES_IN_MAX_SECONDS;
  return Math.min(EXPIRES_IN_MAX_SECONDS, Math.floor((record.expiresAt - now) / 1000));
}
