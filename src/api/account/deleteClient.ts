import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { noContent } from "../responses.ts";
import { clientUnknown, findOwnClient, recordClient } from "./ownClient.ts";
import { clientPath } from "./schemas.ts";
import { sessionUser } from "./sessionUser.ts";

export const deleteClient: Operation = {
  answer: remove,
  id: "deleteClient",
  group: "Account",
  summary: "Delete an app that one registered",
  notes:
    "Everything that anybody allowed it ends with it, and each of them finds that in their activity; its sockets close within a second.",
  token: "session",
  path: clientPath,
  success: { status: 204 },
  errors: ["notFound"],
};

/** `DELETE /api/heartwire/v1/account/clients/{clientId}` */
async function remove(call: Call): Promise<Response> {
  const { context, parameters } = call;
  const user = await sessionUser(call);
  const found = await findOwnClient(context, user.profile.id, parameters.clientId);
  if (!(await context.directory.clients.remove(found, user.now))) throw clientUnknown();
  context.verifier.forget();
  context.control.announce({ rights: ["token", "link"] });
  await recordClient(call, user, "client_deleted", found);
  return noContent();
}
