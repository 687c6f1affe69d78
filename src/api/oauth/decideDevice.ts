import { z } from "zod";
import { decideDevice as decide } from "../../auth/oauth/decideDevice.ts";
import { spendChange } from "../changeBudget.ts";
import { clientAddress } from "../clientAddress.ts";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { readDecision } from "./decider.ts";
import { findDevice, userCode } from "./findDevice.ts";

const body = z.object(
  {
    user_code: userCode,
    allow: z.boolean({ error: "expected true or false" }).describe("The person's answer"),
  },
  { error: "expected a JSON object" },
);

export const decideDevice: Operation = {
  answer: answer,
  id: "decideDevice",
  group: "OAuth",
  summary: "Let a device in, or not",
  notes: "For the consent page alone, by the token of a signed-in person. The first answer counts.",
  token: "session",
  body,
  success: {
    status: 200,
    content: { "application/json": z.object({ outcome: z.enum(["granted", "denied"]) }) },
  },
  errors: ["malformedRequest", "bodyTooLarge", "notFound", "conflict", "tooManyAttempts"],
};

/** `POST /api/heartwire/v1/device_authorizations` */
async function answer(call: Call): Promise<Response> {
  const { body: sent, ...person } = await readDecision(call, body);
  const { device, app } = await findDevice(call, person, sent.user_code);
  spendChange(call.context, person);
  const outcome = sent.allow ? "granted" : "denied";
  const by = { profile: person.profile.id, address: clientAddress(call) };
  if (!(await decide(call.context, device, outcome, app, by))) {
    throw new ApiError("conflict", { detail: "somebody has decided about this device" });
  }
  return json({ outcome });
}
