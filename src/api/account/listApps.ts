import { z } from "zod";
import type { ConnectedApp } from "../../storage/grants.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { scopes, time, use } from "./schemas.ts";
import { sessionUser } from "./sessionUser.ts";

const app = z
  .object({
    client_id: z.uuid(),
    name: z.string(),
    verified: z.boolean().describe("Whether it was registered here; nobody vouches for an adopted one"),
    scopes,
    first_granted_at: time,
    last_granted_at: time,
    ...use,
    secret_pinned: z.boolean().describe("Whether it showed a secret that it has to show again"),
  })
  .meta({ id: "ConnectedApp" });

export const listApps: Operation = {
  answer: list,
  id: "listApps",
  group: "Account",
  summary: "The apps that may read or write one's heart rate, and when they did",
  token: "session",
  success: { status: 200, content: { "application/json": z.object({ apps: z.array(app) }) } },
};

/** `GET /api/heartwire/v1/account/apps` */
async function list(call: Call): Promise<Response> {
  const { profile, now } = await sessionUser(call);
  const { grants, clients } = call.context.directory;
  const apps = await grants.listApps(profile.id, now);
  const pins = await Promise.all(apps.map(({ client }) => clients.findPin(client.id, profile.id)));
  return json({ apps: apps.map((found, place) => toWire(found, pins[place] !== undefined)) });
}

function toWire(found: ConnectedApp, isPinned: boolean): z.output<typeof app> {
  return {
    client_id: found.client.publicId,
    name: found.client.name,
    verified: !found.client.adopted,
    scopes: [...found.scopes],
    first_granted_at: found.firstGrantedAt,
    last_granted_at: found.lastGrantedAt,
    last_read_at: found.lastReadAt ?? null,
    last_written_at: found.lastWrittenAt ?? null,
    read_count: found.readCount,
    write_count: found.writeCount,
    secret_pinned: isPinned,
  };
}
