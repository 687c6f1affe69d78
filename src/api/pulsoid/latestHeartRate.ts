import { z } from "zod";
import { authorise } from "../../auth/bearer.ts";
import { effectiveTime, type ProfileId } from "../../domain/reading.ts";
import type { StoredReading } from "../../storage/readingStore.ts";
import type { Call, Context } from "../context.ts";
import { ApiError } from "../errors.ts";
import { readingFrame } from "../liveReadings.ts";
import type { Operation } from "../operation.ts";
import { choice, readQuery } from "../query.ts";
import { json, text } from "../responses.ts";
import { ownProfile } from "./ownProfile.ts";

const query = z.object({ response_mode: choice(["json", "text_plain_only_heart_rate"]) });

export const latestHeartRate: Operation = {
  answer: latest,
  id: "getLatestHeartRate",
  group: "Heart rate",
  summary: "The latest reading of the token's user",
  notes:
    "The latest is the one with the newest effective time: the earlier of `measured_at` and its arrival.",
  token: { scopes: ["data:heart_rate:read"], query: false },
  query,
  success: {
    status: 200,
    content: { "application/json": readingFrame, "text/plain": z.string().regex(/^\d+$/) },
  },
  errors: ["malformedRequest", "noReading", "latestUnavailable"],
};

/** `GET /api/v1/data/heart_rate/latest`: the reading with the newest effective time; 412 when there is none. */
async function latest({ request, context }: Call): Promise<Response> {
  const demand = { scope: "data:heart_rate:read", query: false } as const;
  const now = context.clock();
  const token = await authorise(request, demand, context.verifier, now);
  const { response_mode: mode } = readQuery(request.url, query);
  const reading = await readLatest(context, ownProfile(token, demand.scope).id);
  context.uses.read(token, now);
  if (reading === undefined) throw new ApiError("noReading");
  if (mode === "text_plain_only_heart_rate") return text(String(reading.bpm));
  return json({ measured_at: effectiveTime(reading), data: { heart_rate: reading.bpm } });
}

async function readLatest(context: Context, profile: ProfileId): Promise<StoredReading | undefined> {
  try {
    return await context.store.latest(profile);
  } catch (cause) {
    throw new ApiError("latestUnavailable", { cause });
  }
}
