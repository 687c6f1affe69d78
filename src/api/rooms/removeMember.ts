import { z } from "zod";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { findRoom, requireMember, requireOwner } from "./access.ts";
import { findMember, memberPath } from "./memberPath.ts";
import { roomUser, WRITE_ROOMS } from "./roomToken.ts";

export const removeMember: Operation = {
  answer: remove,
  id: "removeRoomMember",
  group: "Rooms",
  summary: "Leave a room, or remove a member from it",
  notes:
    "Everybody but the owner can leave; the owner can remove the others, which also takes back every invitation, and delete the room. Their pulse is not heard there any more within a second, and their listeners are closed with 1008.",
  token: WRITE_ROOMS,
  path: memberPath,
  success: { status: 200, content: { "application/json": z.object({}) } },
  errors: ["notFound", "forbidden", "conflict"],
};

/** `DELETE /api/heartwire/v1/rooms/{roomId}/members/{profileId}` */
async function remove(call: Call): Promise<Response> {
  const { context, parameters } = call;
  const profile = await roomUser(call, WRITE_ROOMS);
  const found = await findRoom(context, parameters.roomId);
  const self = requireMember(found, profile);
  const leaving = findMember(found, self, parameters.profileId);
  if (leaving !== self) requireOwner(found, profile);
  if (leaving.profile.id === found.owner) {
    throw new ApiError("conflict", { detail: "the owner cannot leave the room; delete it instead" });
  }
  const { rooms } = context.directory;
  if (leaving === self) await rooms.leave(found.id, profile);
  else await rooms.removeMember(found.id, leaving.profile.id);
  context.control.announce({ rights: ["membership"], rooms: [found.id] });
  return json({});
}
