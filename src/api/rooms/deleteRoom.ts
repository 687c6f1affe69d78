import { z } from "zod";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { findRoom, requireOwner } from "./access.ts";
import { roomUser, WRITE_ROOMS } from "./roomToken.ts";
import { roomPath } from "./schemas.ts";

export const deleteRoom: Operation = {
  answer: remove,
  id: "deleteRoom",
  group: "Rooms",
  summary: "Delete a room",
  notes: "For its owner. Everybody who listens to it is closed with 1008 within a second.",
  token: WRITE_ROOMS,
  path: roomPath,
  success: { status: 200, content: { "application/json": z.object({}) } },
  errors: ["notFound", "forbidden"],
};

/** `DELETE /api/heartwire/v1/rooms/{roomId}` */
async function remove(call: Call): Promise<Response> {
  const { context, parameters } = call;
  const profile = await roomUser(call, WRITE_ROOMS);
  const found = await findRoom(context, parameters.roomId);
  requireOwner(found, profile);
  await context.directory.rooms.remove(found.id);
  context.control.announce({ rights: ["membership"], rooms: [found.id] });
  return json({});
}
