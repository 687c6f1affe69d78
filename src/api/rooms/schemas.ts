import { z } from "zod";
import { DEFAULT_LIMITS } from "../../settings/limits.ts";
import type { RoomWithMembers } from "../../storage/rooms.ts";
import { ApiError } from "../errors.ts";

/** The opaque `profile_id` of the wire. */
export const profileId = z.string().meta({ description: "The opaque profile_id of a user" });

/** Whatever the apps of a room agree on. */
export const configuration = z
  .record(z.string(), z.unknown(), { error: "expected an object" })
  .meta({ description: `A JSON object of at most ${DEFAULT_LIMITS.configurationBytesMax} bytes` });

export const roomPath = z.object({ roomId: z.uuid() });

export const member = z.object({ profile_id: profileId, config: configuration }).meta({ id: "RoomMember" });

export const room = z
  .object({
    room_id: z.uuid(),
    config: configuration,
    owner: z.boolean().describe("Whether the token's user owns the room"),
    members: z.array(member),
  })
  .meta({ id: "Room" });

/** A room as a member sees it. */
export function roomFor(
  profile: number,
  { publicId, configuration, owner, members }: RoomWithMembers,
): z.output<typeof room> {
  return {
    room_id: publicId,
    config: configuration,
    owner: owner === profile,
    members: members.map((one) => ({ profile_id: one.profile.publicId, config: one.configuration })),
  };
}

/** @throws ApiError malformedRequest when a configuration's JSON is longer than the limit */
export function limitConfiguration(value: object, bytesMax: number, field = "config"): void {
  if (Buffer.byteLength(JSON.stringify(value)) > bytesMax) {
    throw new ApiError("malformedRequest", {
      detail: `${field}: expected at most ${bytesMax} bytes of JSON`,
    });
  }
}
