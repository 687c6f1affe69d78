import { z } from "zod";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { findRoom, requireMember } from "./access.ts";
import { READ_ROOMS, roomUser } from "./roomToken.ts";
import { room, roomFor, roomPath } from "./schemas.ts";

export const showRoom: Operation = {
  answer: show,
  id: "showRoom",
  group: "Rooms",
  summary: "A room and its members",
  token: READ_ROOMS,
  path: roomPath,
  success: { status: 200, content: { "application/json": z.object({ room }) } },
  errors: ["notFound", "forbidden"],
};

/** `GET /api/heartwire/v1/rooms/{roomId}`: for its members. */
async function show(call: Call): Promise<Response> {
  const profile = await roomUser(call, READ_ROOMS);
  const found = await findRoom(call.context, call.parameters.roomId);
  requireMember(found, profile);
  return json({ room: roomFor(profile, found) });
}
