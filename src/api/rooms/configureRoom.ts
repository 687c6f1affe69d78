import { z } from "zod";
import { readAuthorisedJson } from "../body.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { findRoom, requireOwner, roomUnknown } from "./access.ts";
import { roomUser, WRITE_ROOMS } from "./roomToken.ts";
import { configuration, limitConfiguration, room, roomFor, roomPath } from "./schemas.ts";

const body = z.object({ config: configuration }, { error: "expected a JSON object" });

export const configureRoom: Operation = {
  answer: configure,
  id: "configureRoom",
  group: "Rooms",
  summary: "Replace a room's configuration",
  notes: "For its owner. Listeners of `room_updated` hear of it.",
  token: WRITE_ROOMS,
  path: roomPath,
  body,
  success: { status: 200, content: { "application/json": z.object({ room }) } },
  errors: ["malformedRequest", "bodyTooLarge", "notFound", "forbidden"],
};

/** `PUT /api/heartwire/v1/rooms/{roomId}/config` */
async function configure(call: Call): Promise<Response> {
  const { context, parameters } = call;
  const profile = await roomUser(call, WRITE_ROOMS);
  requireOwner(await findRoom(context, parameters.roomId), profile);
  const { config } = await readAuthorisedJson(call, body, WRITE_ROOMS);
  limitConfiguration(config, context.limits.configurationBytesMax);
  // While the body came, the room may have been deleted.
  const found = await findRoom(context, parameters.roomId);
  if (!(await context.directory.rooms.configure(found.id, config))) throw roomUnknown();
  context.control.announce({ rooms: [found.id] });
  return json({ room: roomFor(profile, { ...found, configuration: config }) });
}
