import { z } from "zod";
import type { OwnToken } from "../../storage/ownTokens.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { scopes, sometime, time, use } from "./schemas.ts";
import { sessionUser } from "./sessionUser.ts";

const token = z
  .object({
    id: z.int(),
    name: z.string().nullable(),
    scopes,
    created_at: time,
    expires_at: sometime.describe("null when it holds until it is revoked"),
    first_used_at: sometime,
    ...use,
  })
  .meta({ id: "OwnToken" });

export const listTokens: Operation = {
  answer: list,
  id: "listTokens",
  group: "Account",
  summary: "The tokens that one made by hand and has not revoked",
  notes: "The tokens themselves are not kept. How often each was used is at most ten seconds old.",
  token: "session",
  success: { status: 200, content: { "application/json": z.object({ tokens: z.array(token) }) } },
};

/** `GET /api/heartwire/v1/account/tokens` */
async function list(call: Call): Promise<Response> {
  const { profile } = await sessionUser(call);
  const tokens = await call.context.directory.ownTokens.list(profile.id);
  return json({ tokens: tokens.map(toWire) });
}

function toWire(own: OwnToken): z.output<typeof token> {
  return {
    id: own.id,
    name: own.label ?? null,
    scopes: [...own.scopes],
    created_at: own.createdAt,
    expires_at: own.expiresAt ?? null,
    first_used_at: own.firstUsedAt ?? null,
    last_read_at: own.lastReadAt ?? null,
    last_written_at: own.lastWrittenAt ?? null,
    read_count: own.readCount,
    write_count: own.writeCount,
  };
}
