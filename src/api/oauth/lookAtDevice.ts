import { z } from "zod";
import { lifetimeSeconds } from "../../auth/oauth/issue.ts";
import { SCOPES } from "../../domain/scopes.ts";
import { clientAddress, senderOf } from "../clientAddress.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { askingClient, describeClient } from "./clientSchema.ts";
import { readDecision } from "./decider.ts";
import { findDevice, userCode } from "./findDevice.ts";

const body = z.object({ user_code: userCode }, { error: "expected a JSON object" });

export const lookAtDevice: Operation = {
  answer: look,
  id: "lookAtDevice",
  group: "OAuth",
  summary: "What a device asks for, in the words of a page",
  notes: "For the consent page alone, by the token of a signed-in person.",
  token: "session",
  body,
  success: {
    status: 200,
    content: {
      "application/json": z.object({
        client: askingClient,
        scopes: z.array(z.enum(SCOPES)),
        lifetime_seconds: z.int(),
        expires_at: z.int().describe("When the code is over: Unix time in milliseconds"),
        same_network: z
          .boolean()
          .describe(
            "Whether the device asked from the address from which the person decides; false also when nobody knows",
          ),
      }),
    },
  },
  errors: ["malformedRequest", "bodyTooLarge", "notFound", "conflict", "tooManyAttempts"],
};

/** `POST /api/heartwire/v1/device_authorizations/look` */
async function look(call: Call): Promise<Response> {
  const { body: sent, ...person } = await readDecision(call, body);
  const { device, app } = await findDevice(call, person, sent.user_code);
  const { scopes, expiresAt } = "known" in device ? device.known : device.unknown;
  const { context } = call;
  return json({
    client: await describeClient(context, app, person.profile.id),
    scopes,
    lifetime_seconds: lifetimeSeconds("device"),
    expires_at: expiresAt,
    same_network: context.appRequests.deviceSenders.isSame(
      device.userCodeHash,
      senderOf(clientAddress(call)),
    ),
  });
}
