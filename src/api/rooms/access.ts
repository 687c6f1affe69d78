import type { ProfileId } from "../../domain/reading.ts";
import { isUuid } from "../../domain/uuid.ts";
import type { Member, RoomWithMembers } from "../../storage/rooms.ts";
import type { Context } from "../context.ts";
import { ApiError } from "../errors.ts";

/** @throws ApiError notFound when there is no such room */
export async function findRoom({ directory }: Context, roomId = ""): Promise<RoomWithMembers> {
  const room = isUuid(roomId) ? await directory.rooms.find(roomId.toLowerCase()) : undefined;
  if (room === undefined) throw roomUnknown();
  return room;
}

export function roomUnknown(): ApiError {
  return new ApiError("notFound", { detail: "there is no such room" });
}

/** @throws ApiError forbidden for somebody who is no member */
export function requireMember(room: RoomWithMembers, profile: ProfileId): Member {
  const member = room.members.find((candidate) => candidate.profile.id === profile);
  if (member === undefined) throw new ApiError("forbidden", { detail: "you are not a member of this room" });
  return member;
}

/** @throws ApiError forbidden for somebody who does not own the room */
export function requireOwner(room: RoomWithMembers, profile: ProfileId): void {
  if (room.owner !== profile) {
    throw new ApiError("forbidden", { detail: "only the owner of this room may do that" });
  }
}

/** What somebody is told who is in as many rooms as one may. */
export function inTooMany(roomMembershipsMax: number): ApiError {
  return new ApiError("conflict", { detail: `you are in ${roomMembershipsMax} rooms, which is the most` });
}
