import { isUuid } from "../../domain/uuid.ts";
import type { Client } from "../../storage/clients.ts";
import { clientAddress } from "../clientAddress.ts";
import type { Call, Context } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { noContent } from "../responses.ts";
import { clientPath } from "./schemas.ts";
import { sessionUser } from "./sessionUser.ts";

export const disconnectApp: Operation = {
  answer: disconnect,
  id: "disconnectApp",
  group: "Account",
  summary: "Take everything back that one allowed an app",
  notes:
    "Its tokens open nothing from then on, and its sockets close within a second, as do those of widgets whose links it opened. Its invitations to rooms end. A secret that it pinned is forgotten.",
  token: "session",
  path: clientPath,
  success: { status: 204 },
  errors: ["notFound"],
};

/** `DELETE /api/heartwire/v1/account/apps/{clientId}` */
async function disconnect(call: Call): Promise<Response> {
  const { context, parameters } = call;
  const { profile, now } = await sessionUser(call);
  const app = await findApp(context, parameters.clientId);
  const { grants, clients, trail } = context.directory;
  const ended = await grants.disconnect(profile.id, app.id, now);
  // Whoever allows it again may be shown another secret: the old one would be in the way, and stands on no page any more.
  const forgotten = await clients.unpin(app.id, profile.id);
  if (ended === 0 && !forgotten) throw appUnknown();
  context.verifier.forget();
  context.control.announce({ rights: ["token", "link"] });
  const details = { client_id: app.publicId, client_name: app.name, address: clientAddress(call) };
  await trail.record({ at: now, profile: profile.id, kind: "app_disconnected", details });
  return noContent();
}

export const resetPinnedSecret: Operation = {
  answer: reset,
  id: "resetPinnedSecret",
  group: "Account",
  summary: "Forget the secret that an app pinned",
  notes: "Whoever redeems the next code that one allows it may pin another. Its tokens stay.",
  token: "session",
  path: clientPath,
  success: { status: 204 },
  errors: ["notFound"],
};

/** `DELETE /api/heartwire/v1/account/apps/{clientId}/secret` */
async function reset(call: Call): Promise<Response> {
  const { context, parameters } = call;
  const { profile, now } = await sessionUser(call);
  const app = await findApp(context, parameters.clientId);
  if (!(await context.directory.clients.unpin(app.id, profile.id))) {
    throw new ApiError("notFound", { detail: "this app has pinned no secret" });
  }
  const details = { client_id: app.publicId, client_name: app.name, address: clientAddress(call) };
  await context.directory.trail.record({
    at: now,
    profile: profile.id,
    kind: "client_secret_reset",
    details,
  });
  return noContent();
}

async function findApp({ directory }: Context, clientId = ""): Promise<Client> {
  const found = isUuid(clientId) ? await directory.clients.find(clientId.toLowerCase()) : undefined;
  if (found === undefined) throw appUnknown();
  return found;
}

function appUnknown(): ApiError {
  return new ApiError("notFound", { detail: "there is no such app among those that you allowed something" });
}
