import { z } from "zod";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { findRoom, requireOwner } from "./access.ts";
import { roomUser, WRITE_ROOMS } from "./roomToken.ts";
import { roomPath } from "./schemas.ts";

export const withdrawInvitations: Operation = {
  answer: withdraw,
  id: "withdrawInvitations",
  group: "Rooms",
  summary: "Take back every invitation to a room",
  notes: "For its owner. Who has joined stays.",
  token: WRITE_ROOMS,
  path: roomPath,
  success: {
    status: 200,
    content: {
      "application/json": z.object({ withdrawn: z.int().describe("How many of them could still be used") }),
    },
  },
  errors: ["notFound", "forbidden"],
};

/** `DELETE /api/heartwire/v1/rooms/{roomId}/invitations` */
async function withdraw(call: Call): Promise<Response> {
  const { context, parameters } = call;
  const profile = await roomUser(call, WRITE_ROOMS);
  const found = await findRoom(context, parameters.roomId);
  requireOwner(found, profile);
  const withdrawn = await context.directory.rooms.withdrawInvitations(found.id, context.clock());
  return json({ withdrawn });
}
