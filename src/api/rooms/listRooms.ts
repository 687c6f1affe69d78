import { z } from "zod";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { READ_ROOMS, roomUser } from "./roomToken.ts";
import { room, roomFor } from "./schemas.ts";

export const listRooms: Operation = {
  answer: list,
  id: "listRooms",
  group: "Rooms",
  summary: "The rooms of which the token's user is a member",
  token: READ_ROOMS,
  success: { status: 200, content: { "application/json": z.object({ rooms: z.array(room) }) } },
};

/** `GET /api/heartwire/v1/rooms` */
async function list(call: Call): Promise<Response> {
  const profile = await roomUser(call, READ_ROOMS);
  const rooms = await call.context.directory.rooms.list(profile);
  return json({ rooms: rooms.map((one) => roomFor(profile, one)) });
}
