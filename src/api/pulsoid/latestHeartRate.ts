import { authorise } from "../../auth/bearer.ts";
import { effectiveTime, type ProfileId } from "../../domain/reading.ts";
import type { StoredReading } from "../../storage/readingStore.ts";
import type { Call, Context } from "../context.ts";
import { ApiError } from "../errors.ts";
import { json, text } from "../responses.ts";
import { ownProfile } from "./ownProfile.ts";
import { readResponseMode } from "./responseMode.ts";

const MODES = ["json", "text_plain_only_heart_rate"] as const;

/** `GET /api/v1/data/heart_rate/latest`: the reading with the newest effective time; 412 when there is none. */
export async function latestHeartRate({ request, context }: Call): Promise<Response> {
  const demand = { scope: "data:heart_rate:read", query: false } as const;
  const token = await authorise(request, demand, context.verifier, context.clock());
  const mode = readResponseMode(request.url, MODES);
  const latest = await readLatest(context, ownProfile(token, demand.scope).id);
  if (latest === undefined) throw new ApiError("noReading");
  if (mode === "text_plain_only_heart_rate") return text(String(latest.bpm));
  return json({ measured_at: effectiveTime(latest), data: { heart_rate: latest.bpm } });
}

async function readLatest(context: Context, profile: ProfileId): Promise<StoredReading | undefined> {
  try {
    return await context.store.latest(profile);
  } catch (cause) {
    throw new ApiError("latestUnavailable", { cause });
  }
}
