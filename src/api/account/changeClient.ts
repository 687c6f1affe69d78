import { z } from "zod";
import { readAuthorisedJson } from "../body.ts";
import { spendChange } from "../changeBudget.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import {
  clientUnknown,
  findOwnClient,
  recordClient,
  redirectUris,
  requireRedirectUris,
} from "./ownClient.ts";
import { client, clientFor, clientPath, name } from "./schemas.ts";
import { PAGE_TOKEN, sessionUser } from "./sessionUser.ts";

const body = z.object(
  {
    name: name.optional(),
    redirect_uris: redirectUris.optional(),
    implicit: z.boolean({ error: "expected true or false" }).optional(),
  },
  { error: "expected a JSON object" },
);

export const changeClient: Operation = {
  answer: change,
  id: "changeClient",
  group: "Account",
  summary: "Change an app that one registered",
  notes: "What is left out stays as it is. Tokens that were given out stay.",
  token: "session",
  path: clientPath,
  body,
  success: { status: 200, content: { "application/json": z.object({ client }) } },
  errors: ["malformedRequest", "bodyTooLarge", "notFound", "tooManyAttempts"],
};

/** `PUT /api/heartwire/v1/account/clients/{clientId}` */
async function change(call: Call): Promise<Response> {
  const { context, parameters } = call;
  const { clients } = context.directory;
  const user = await sessionUser(call);
  await findOwnClient(context, user.profile.id, parameters.clientId);
  const asked = await readAuthorisedJson(call, body, PAGE_TOKEN);
  if (asked.redirect_uris !== undefined) {
    requireRedirectUris(asked.redirect_uris, context.limits.redirectAddressesMax);
  }
  const changes = {
    ...(asked.name === undefined ? {} : { name: asked.name }),
    ...(asked.redirect_uris === undefined ? {} : { redirectUris: asked.redirect_uris }),
    ...(asked.implicit === undefined ? {} : { implicit: asked.implicit }),
  };
  spendChange(context, user);
  // While the body came, it may have been deleted.
  const found = await findOwnClient(context, user.profile.id, parameters.clientId);
  if (!(await clients.change(found.id, changes))) throw clientUnknown();
  const changed = { ...found, ...changes };
  await recordClient(call, user, "client_changed", changed);
  return json({ client: clientFor(changed) });
}
