import { z } from "zod";
import { hashInvitationCode } from "../../auth/invitations.ts";
import type { ProfileId } from "../../domain/reading.ts";
import type { Limits } from "../../settings/limits.ts";
import type { Joined, Room } from "../../storage/rooms.ts";
import { readAuthorisedJson } from "../body.ts";
import type { Call, Context } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { findRoom, inTooMany } from "./access.ts";
import { roomUser, WIDEN_ROOMS } from "./roomToken.ts";
import { room, roomFor } from "./schemas.ts";

const body = z.object(
  { code: z.string({ error: "expected the code of an invitation" }) },
  { error: "expected a JSON object" },
);

export const joinRoom: Operation = {
  answer: join,
  id: "joinRoom",
  group: "Rooms",
  summary: "Join a room by the code of an invitation",
  notes:
    "The token's user joins, nobody else: from then on the members hear their pulse. A member who joins again stays as they are. 404 for a code that is unknown, expired or withdrawn.",
  token: WIDEN_ROOMS,
  body,
  success: { status: 200, content: { "application/json": z.object({ room }) } },
  errors: ["malformedRequest", "bodyTooLarge", "notFound", "conflict"],
};

/** `POST /api/heartwire/v1/rooms/join` */
async function join(call: Call): Promise<Response> {
  const { context } = call;
  const profile = await roomUser(call, WIDEN_ROOMS);
  const { code } = await readAuthorisedJson(call, body, WIDEN_ROOMS);
  const { id, publicId } = roomOf(await accept(context, profile, code), context.limits);
  context.control.announce({ rooms: [id] });
  return json({ room: roomFor(profile, await findRoom(context, publicId)) });
}

async function accept(context: Context, profile: ProfileId, code: string): Promise<Joined> {
  const codeHash = hashInvitationCode(code);
  if (codeHash === undefined) return { outcome: "invitation unknown" };
  const { roomMembersMax: membersMax, roomMembershipsMax: membershipsMax } = context.limits;
  return context.directory.rooms.join({
    codeHash,
    profile,
    now: context.clock(),
    membersMax,
    membershipsMax,
  });
}

function roomOf(joined: Joined, { roomMembershipsMax }: Limits): Room {
  switch (joined.outcome) {
    case "joined":
    case "member already":
      return joined.room;
    case "invitation unknown":
      throw new ApiError("notFound", { detail: "this invitation is unknown, has expired or was withdrawn" });
    case "room full":
      throw new ApiError("conflict", { detail: "this room is full" });
    case "in too many":
      throw inTooMany(roomMembershipsMax);
  }
}
