import { z } from "zod";
import { isBirthDate, SEXES, WEIGHT_KILOGRAMS_MAX, WEIGHT_KILOGRAMS_MIN } from "../../domain/body.ts";
import type { DetailChanges } from "../../storage/profileDetails.ts";
import { readAuthorisedJson } from "../body.ts";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { account, name } from "./schemas.ts";
import { PAGE_TOKEN, sessionUser } from "./sessionUser.ts";
import { describeAccount } from "./showAccount.ts";

const WEIGHT = `expected kilograms from ${WEIGHT_KILOGRAMS_MIN} to ${WEIGHT_KILOGRAMS_MAX}, or null`;
const BIRTH_DATE = "expected a day from 1900-01-01 to today, such as 1990-05-31, or null";
const SEX = `expected ${SEXES.join(" or ")}, or null`;

const body = z.object(
  {
    channel: name.nullable().optional().describe("Where they stream, such as twitch.tv/someone"),
    username: name.nullable().optional().describe("How apps are told they are called"),
    birth_date: z.string({ error: BIRTH_DATE }).nullable().optional(),
    weight_kilograms: z
      .number({ error: WEIGHT })
      .min(WEIGHT_KILOGRAMS_MIN, { error: WEIGHT })
      .max(WEIGHT_KILOGRAMS_MAX, { error: WEIGHT })
      .nullable()
      .optional(),
    sex: z.enum(SEXES, { error: SEX }).nullable().optional(),
  },
  { error: "expected a JSON object" },
);

export const changeDetails: Operation = {
  answer: change,
  id: "changeDetails",
  group: "Account",
  summary: "Set what is known of oneself",
  notes:
    "What is left out stays as it is; null takes it away. Age, weight and sex serve the calories of the statistics alone.",
  token: "session",
  body,
  success: { status: 200, content: { "application/json": account } },
  errors: ["malformedRequest", "bodyTooLarge"],
};

/** `PUT /api/heartwire/v1/account/details` */
async function change(call: Call): Promise<Response> {
  const { context } = call;
  const user = await sessionUser(call);
  const changes = toChanges(await readAuthorisedJson(call, body, PAGE_TOKEN), user.now);
  await context.directory.changeDetails(user.profile.id, changes);
  return json(await describeAccount(context, user));
}

/** @throws ApiError malformedRequest for a day of birth that is none: which days have been depends on the clock */
function toChanges(asked: z.output<typeof body>, now: number): DetailChanges {
  const { birth_date: birthDate, weight_kilograms: weightKilograms, ...others } = asked;
  if (typeof birthDate === "string" && !isBirthDate(birthDate, now)) {
    throw new ApiError("malformedRequest", { detail: `birth_date: ${BIRTH_DATE}` });
  }
  const changes = { ...others, birthDate, weightKilograms };
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}
