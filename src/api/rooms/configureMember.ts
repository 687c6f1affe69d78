import { z } from "zod";
import { readAuthorisedJson } from "../body.ts";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { findRoom, requireMember, requireOwner } from "./access.ts";
import { findMember, memberPath } from "./memberPath.ts";
import { roomUser, WRITE_ROOMS } from "./roomToken.ts";
import { configuration, limitConfiguration, member } from "./schemas.ts";

const body = z.object({ config: configuration }, { error: "expected a JSON object" });

export const configureMember: Operation = {
  answer: configure,
  id: "configureRoomMember",
  group: "Rooms",
  summary: "Replace a member's configuration",
  notes: "A member changes their own, the owner anybody's. Listeners of `room_member_updated` hear of it.",
  token: WRITE_ROOMS,
  path: memberPath,
  body,
  success: { status: 200, content: { "application/json": z.object({ member }) } },
  errors: ["malformedRequest", "bodyTooLarge", "notFound", "forbidden"],
};

/** `PUT /api/heartwire/v1/rooms/{roomId}/members/{profileId}/config` */
async function configure(call: Call): Promise<Response> {
  const { context, parameters } = call;
  const profile = await roomUser(call, WRITE_ROOMS);
  const found = await findRoom(context, parameters.roomId);
  const self = requireMember(found, profile);
  const changed = findMember(found, self, parameters.profileId);
  if (changed !== self) requireOwner(found, profile);
  const { config } = await readAuthorisedJson(call, body, WRITE_ROOMS);
  limitConfiguration(config, context.limits.configurationBytesMax);
  if (!(await context.directory.rooms.configureMember(found.id, changed.profile.id, config))) {
    throw new ApiError("notFound", { detail: "this room has no such member" });
  }
  context.control.announce({ rooms: [found.id] });
  return json({ member: { profile_id: changed.profile.publicId, config } });
}
