import { z } from "zod";
import { spendChange } from "../changeBudget.ts";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { clientUnknown, findOwnClient, newSecret, recordClient } from "./ownClient.ts";
import { clientPath } from "./schemas.ts";
import { sessionUser } from "./sessionUser.ts";

export const rotateClientSecret: Operation = {
  answer: rotate,
  id: "rotateClientSecret",
  group: "Account",
  summary: "Give an app that one registered another secret",
  notes:
    "The old one is refused from then on, so that whoever has it gets no further token, and renews none. Tokens that were given out hold until they end; to end them all, delete the app. The new secret is shown once and not kept.",
  token: "session",
  path: clientPath,
  success: {
    status: 200,
    content: { "application/json": z.object({ client_secret: z.uuid() }).meta({ id: "NewSecret" }) },
  },
  errors: ["notFound", "conflict", "tooManyAttempts"],
};

/** `POST /api/heartwire/v1/account/clients/{clientId}/secret` */
async function rotate(call: Call): Promise<Response> {
  const { context, parameters } = call;
  const user = await sessionUser(call);
  const found = await findOwnClient(context, user.profile.id, parameters.clientId);
  if (found.secretHash === undefined) {
    throw new ApiError("conflict", { detail: "this app keeps no secret" });
  }
  spendChange(context, user);
  const { secret, secretHash } = newSecret();
  if (!(await context.directory.clients.change(found.id, { secretHash }))) throw clientUnknown();
  await recordClient(call, user, "client_secret_rotated", found);
  return json({ client_secret: secret });
}
