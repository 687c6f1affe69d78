import { z } from "zod";
import { authorise } from "../../auth/bearer.ts";
import { ageInYears } from "../../domain/body.ts";
import { type BodyFacts, DEFAULT_AGE_YEARS, DEFAULT_WEIGHT_KILOGRAMS } from "../../domain/calories.ts";
import { HOUR_MS } from "../../domain/hour.ts";
import { BPM_MAX, type EpochMs, type ProfileId } from "../../domain/reading.ts";
import { type Statistics, statisticsOf } from "../../domain/statistics.ts";
import type { ProfileDetails } from "../../storage/profileDetails.ts";
import type { Call, Context } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { choice, readQuery } from "../query.ts";
import { json } from "../responses.ts";
import { ownProfile } from "./ownProfile.ts";

const RANGE_MS = { "24h": 24 * HOUR_MS, "7d": 7 * 24 * HOUR_MS, "30d": 30 * 24 * HOUR_MS } as const;

const query = z.object({ time_range: choice(["24h", "7d", "30d"]) });

const bpm = z.int().min(1).max(BPM_MAX);

export const statistics: Operation = {
  answer: show,
  id: "getStatistics",
  group: "Statistics",
  summary: "What the heart of the token's user did in the last day, week or month",
  notes: `Reckoned up to now, from readings at their effective time. Streamed is the time between two readings at most 30 s apart; the average is weighted by it. Calories by Keytel et al. 2005 at each hour's mean heart rate, from the age, weight and sex of the profile, or ${DEFAULT_AGE_YEARS} years, ${DEFAULT_WEIGHT_KILOGRAMS} kg and the mean of both sexes. Everything is rounded half up.`,
  token: { scopes: ["data:statistics:read"], query: false },
  query,
  success: {
    status: 200,
    content: {
      "application/json": z
        .object({
          maximum_beats_per_minute: bpm,
          minimum_beats_per_minute: bpm,
          average_beats_per_minute: bpm,
          streamed_duration_in_seconds: z.int().min(0),
          calories_burned_in_kcal: z.int().min(0),
        })
        .meta({ id: "Statistics" }),
    },
  },
  errors: ["malformedRequest", "noReadingInRange"],
};

/** `GET /api/v1/statistics`: 412 when no reading is in the range. */
async function show({ request, context }: Call): Promise<Response> {
  const demand = { scope: "data:statistics:read", query: false } as const;
  const now = context.clock();
  const token = await authorise(request, demand, context.verifier, now);
  const { time_range: range } = readQuery(request.url, query);
  const { id } = ownProfile(token, demand.scope);
  const found = await context.statistics.ask(`${id} ${range}`, () => reckon(context, id, RANGE_MS[range]));
  context.uses.read(token, now);
  if (found === undefined) throw new ApiError("noReadingInRange");
  return json({
    maximum_beats_per_minute: found.maximumBpm,
    minimum_beats_per_minute: found.minimumBpm,
    average_beats_per_minute: found.averageBpm,
    streamed_duration_in_seconds: found.streamedSeconds,
    calories_burned_in_kcal: found.kilocalories,
  });
}

async function reckon(context: Context, id: ProfileId, rangeMs: number): Promise<Statistics | undefined> {
  const now = context.clock();
  const [details, hours] = await Promise.all([
    context.directory.findDetails(id),
    context.store.aggregate(id, { from: (now - rangeMs) as EpochMs, to: now }),
  ]);
  return statisticsOf(hours, bodyFacts(details, now));
}

function bodyFacts({ birthDate, weightKilograms, sex }: ProfileDetails, now: EpochMs): BodyFacts {
  return {
    ...(birthDate === undefined ? {} : { ageYears: ageInYears(birthDate, now) }),
    ...(weightKilograms === undefined ? {} : { weightKilograms }),
    ...(sex === undefined ? {} : { sex }),
  };
}
