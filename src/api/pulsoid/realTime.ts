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
  const { id: profile } = ownProfile(token, demand.scope);
  if (!isHandshake(request)) throw upgradeRequired();
  if (context.stopping() || context.sockets.size >= context.limits.socketsMax) throw new ApiError("busy");
  if (!upgrade(request, { token, profile, encoding })) throw upgradeRequired();
}

/** 16 bytes in base64 (RFC 6455 section 4.1). */
const KEY = /^[A-Za-z0-9+/]{22}==$/;

/** Whether a request opens a WebSocket (RFC 6455 section 4.2.1). Bun would refuse one that does not without a body. */
function isHandshake({ headers }: Request): boolean {
  return (
    headers.get("upgrade")?.toLowerCase() === "websocket" &&
    headers.get("sec-websocket-version") === "13" &&
    KEY.test(headers.get("sec-websocket-key") ?? "")
  );
}

function upgradeRequired(): ApiError {
  return new ApiError("upgradeRequired", {
    headers: { upgrade: "websocket", connection: "Upgrade", "sec-websocket-version": "13" },
  });
}
