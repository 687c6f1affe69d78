import { z } from "zod";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { client, clientFor } from "./schemas.ts";
import { sessionUser } from "./sessionUser.ts";

export const listClients: Operation = {
  answer: list,
  id: "listClients",
  group: "Account",
  summary: "The apps that one registered",
  token: "session",
  success: { status: 200, content: { "application/json": z.object({ clients: z.array(client) }) } },
};

/** `GET /api/heartwire/v1/account/clients` */
async function list(call: Call): Promise<Response> {
  const { profile } = await sessionUser(call);
  const clients = await call.context.directory.clients.listOwned(profile.id);
  return json({ clients: clients.map(clientFor) });
}
