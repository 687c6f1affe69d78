import { authorise, readToken } from "../../auth/bearer.ts";
import type { EpochMs } from "../../domain/reading.ts";
import type { TokenRecord } from "../../storage/directory.ts";
import type { Call } from "../context.ts";
import { json } from "../responses.ts";

/** `expires_in` must fit a signed 32-bit integer: clients parse an int. It also stands for "until revoked". */
const EXPIRES_IN_MAX_SECONDS = 2_147_483_647;

/** `GET /api/v1/token/validate`: what a token is and opens. Any token may ask about itself. */
export async function validateToken({ request, context }: Call): Promise<Response> {
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
