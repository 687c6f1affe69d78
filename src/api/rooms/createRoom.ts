import { z } from "zod";
import type { Limits } from "../../settings/limits.ts";
import type { Created, Room } from "../../storage/rooms.ts";
import { readAuthorisedJson } from "../body.ts";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { json } from "../responses.ts";
import { findRoom, inTooMany } from "./access.ts";
import { roomUser, WIDEN_ROOMS } from "./roomToken.ts";
import { configuration, limitConfiguration, room, roomFor } from "./schemas.ts";

const body = z.object({ config: configuration.default({}) }, { error: "expected a JSON object" });

export const createRoom: Operation = {
  answer: create,
  id: "createRoom",
  group: "Rooms",
  summary: "Make a room",
  notes: "The token's user owns it and is its first member.",
  token: WIDEN_ROOMS,
  body,
  success: { status: 200, content: { "application/json": z.object({ room }) } },
  errors: ["malformedRequest", "bodyTooLarge", "conflict"],
};

/** `POST /api/heartwire/v1/rooms` */
async function create(call: Call): Promise<Response> {
  const { context } = call;
  const { limits, directory } = context;
  const profile = await roomUser(call, WIDEN_ROOMS);
  const { config } = await readAuthorisedJson(call, body, WIDEN_ROOMS);
  limitConfiguration(config, limits.configurationBytesMax);
  const created = await directory.rooms.create({
    owner: profile,
    configuration: config,
    createdAt: context.clock(),
    ownedMax: limits.roomsMax,
    membershipsMax: limits.roomMembershipsMax,
  });
  const { publicId } = roomOf(created, limits);
  return json({ room: roomFor(profile, await findRoom(context, publicId)) });
}

function roomOf(created: Created, { roomsMax, roomMembershipsMax }: Limits): Room {
  switch (created.outcome) {
    case "created":
      return created.room;
    case "owns too many":
      throw new ApiError("conflict", { detail: `you own ${roomsMax} rooms, which is the most` });
    case "in too many":
      throw inTooMany(roomMembershipsMax);
  }
}
