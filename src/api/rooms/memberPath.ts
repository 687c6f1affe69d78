import type { Member, RoomWithMembers } from "../../storage/rooms.ts";
import { ApiError } from "../errors.ts";
import { profileId, roomPath } from "./schemas.ts";

/** The word that stands for the token's own user. */
const ME = "me";

export const memberPath = roomPath.extend({
  profileId: profileId.describe(`A member's profile_id, or ${ME} for the token's user`),
});

/** @throws ApiError notFound when there is no such member */
export function findMember(room: RoomWithMembers, self: Member, asked = ""): Member {
  if (asked === ME) return self;
  const member = room.members.find(({ profile }) => profile.publicId === asked.toLowerCase());
  if (member === undefined) throw new ApiError("notFound", { detail: "this room has no such member" });
  return member;
}
