import { authorise } from "../../auth/bearer.ts";
import type { Call } from "../context.ts";
import { becomeSocket } from "../handshake.ts";
import { readingsOf } from "../liveReadings.ts";
import { tokenRight } from "../tokenRight.ts";
import { ownProfile } from "./ownProfile.ts";
import { readResponseMode } from "./responseMode.ts";

const MODES = ["json", "text_plain_only_heart_rate", "legacy_json"] as const;

/** `GET /api/v1/data/real_time`: one text frame for each new reading of the token's user, and no other frame. */
export async function realTime(call: Call): Promise<undefined> {
  const { request, context } = call;
  const demand = { scope: "data:heart_rate:read", query: true } as const;
  const token = await authorise(request, demand, context.verifier, context.clock());
  const mode = readResponseMode(request.url, MODES);
  const { id: profile } = ownProfile(token, demand.scope);
  becomeSocket(call, { rights: [tokenRight(token)], channels: [readingsOf(context.bus, profile, mode)] });
}
