import { z } from "zod";
import { authorise } from "../../auth/bearer.ts";
import { BPM_MAX, type Bpm, claimedTime, WIRE_SOURCE } from "../../domain/reading.ts";
import { readAuthorisedJson } from "../body.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { empty } from "../responses.ts";
import { ownProfile } from "./ownProfile.ts";

const TIME = "expected a Unix time in milliseconds from 0 to 9007199254740991";
const RATE = `expected an integer up to ${BPM_MAX}`;

/** The body of `POST /api/v1/data`. Fields beside these are ignored. */
export const writeHeartRateBody = z.object(
  {
    measured_at: z
      .number({ error: TIME })
      .min(0, { error: TIME })
      .max(Number.MAX_SAFE_INTEGER, { error: TIME })
      .describe("Unix time in milliseconds"),
    data: z.object(
      {
        heart_rate: z
          .number({ error: RATE })
          .max(BPM_MAX, { error: RATE })
          .refine(Number.isInteger, { error: RATE })
          .meta({ type: "integer", description: "Beats per minute" }),
      },
      { error: "expected an object" },
    ),
  },
  { error: "expected a JSON object" },
);

const DEMAND = { scope: "data:heart_rate:write", query: true } as const;

export const writeHeartRate: Operation = {
  answer: write,
  id: "writeHeartRate",
  group: "Heart rate",
  summary: "Write one reading of the token's user",
  notes:
    "200 means that it is stored durably. A heart rate of 0 or below leaves no trace. The same reading sent again is one reading. A `measured_at` of 1e14 or more is in microseconds; fractions are dropped.",
  token: { scopes: ["data:heart_rate:write"], query: true },
  body: writeHeartRateBody,
  success: { status: 200, content: { "application/json": z.object({}) } },
  errors: ["malformedRequest", "bodyTooLarge"],
};

/** `POST /api/v1/data`: one reading of the token's user. Heart rates of 0 or below leave no trace. */
async function write(call: Call): Promise<Response> {
  const { request, context } = call;
  const arrivedAt = context.clock();
  const authorised = authorise(request, DEMAND, context.verifier, arrivedAt);
  // A remembered token is there at once, and awaiting it would cost every write a turn.
  const token = authorised instanceof Promise ? await authorised : authorised;
  const { id: profile } = ownProfile(token, DEMAND.scope);
  const body = await readAuthorisedJson(call, writeHeartRateBody, DEMAND);
  if (body.data.heart_rate <= 0) {
    context.uses.wrote(token, arrivedAt);
    return empty();
  }
  await context.ingest.submit([
    {
      profile,
      source: WIRE_SOURCE,
      measuredAt: claimedTime(body.measured_at),
      arrivedAt,
      bpm: body.data.heart_rate as Bpm,
    },
  ]);
  context.uses.wrote(token, arrivedAt);
  return empty();
}
