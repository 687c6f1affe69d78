import { authorise } from "../../auth/bearer.ts";
import type { LiveReading } from "../../live/bus.ts";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Encoding } from "../liveSockets.ts";
import { ownProfile } from "./ownProfile.ts";
import { readResponseMode } from "./responseMode.ts";

const MODES = ["json", "text_plain_only_heart_rate", "legacy_json"] as const;

/** Clients take the frames apart by substring: compact JSON, in this order of keys. */
const ENCODERS: Readonly<Record<(typeof MODES)[number], (reading: LiveReading) => string>> = {
  json: ({ effectiveAt, bpm }) => `{"measured_at":${effectiveAt},"data":{"heart_rate":${bpm}}}`,
  text_plain_only_heart_rate: ({ bpm }) => String(bpm),
  legacy_json: ({ effectiveAt, bpm }) => `{"timestamp":${effectiveAt},"data":{"heartRate":${bpm}}}`,
};

/** `GET /api/v1/data/real_time`: one text frame for each new reading of the token's user, and no other frame. */
export async function realTime({ request, context, upgrade }: Call): Promise<undefined> {
  const demand = { scope: "data:heart_rate:read", query: true } as const;
  const token = await authorise(request, demand, context.verifier, context.clock());
  const mode = readResponseMode(request.url, MODES);
  const encoding: Encoding = { name: mode, encode: ENCODERS[mode] };
  if (context.sockets.size >= context.limits.socketsMax) throw new ApiError("busy");
  if (!upgrade(request, { token, profile: ownProfile(token).id, encoding })) {
    throw new ApiError("upgradeRequired", { headers: { upgrade: "websocket", connection: "Upgrade" } });
  }
}
