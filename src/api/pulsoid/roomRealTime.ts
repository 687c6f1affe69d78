import { z } from "zod";
import { authorise } from "../../auth/bearer.ts";
import { BPM_MAX } from "../../domain/reading.ts";
import { parseKinds, ROOM_EVENT_KINDS } from "../../domain/roomEvents.ts";
import type { Call } from "../context.ts";
import { becomeSocket } from "../handshake.ts";
import type { Frame, Operation } from "../operation.ts";
import { readQuery } from "../query.ts";
import { findRoom, requireMember } from "../rooms/access.ts";
import { configuration, profileId, roomPath } from "../rooms/schemas.ts";
import { tokenRight } from "../tokenRight.ts";
import { ownProfile } from "./ownProfile.ts";

const query = z.object({
  kinds: z
    .string()
    .optional()
    .describe(
      `Separated by commas, of ${ROOM_EVENT_KINDS.join(", ")}; heart_rate when absent, unknown ones are ignored`,
    ),
});

const frame = (kind: (typeof ROOM_EVENT_KINDS)[number], when: string, detail: z.ZodType): Frame => ({
  name: kind,
  when,
  schema: z.object({ kind: z.literal(kind), timestamp: z.iso.datetime(), [kind]: detail }),
});

export const roomRealTime: Operation = {
  answer: listen,
  id: "listenToRoom",
  group: "Rooms",
  summary: "What happens in a room, live",
  notes:
    "The token's user must be a member. Closed with 1008 when the token or the membership ends, with 1001 when the server stops, never with 1000.",
  token: { scopes: ["data:room:read"], query: true },
  path: roomPath,
  query,
  success: {
    status: 101,
    frames: [
      frame(
        "heart_rate",
        "a member has a new reading; `timestamp` is its effective time",
        z.object({ profile_id: profileId, bpm: z.int().min(1).max(BPM_MAX) }),
      ),
      frame(
        "room_member_updated",
        "somebody joined, or a member's configuration changed",
        z.object({ profile_id: profileId, config: configuration }),
      ),
      frame("room_member_removed", "a member left or was removed", z.object({ profile_id: profileId })),
      frame(
        "room_updated",
        "the room's configuration changed",
        z.object({ room_id: z.uuid(), config: configuration }),
      ),
    ],
  },
  errors: ["notFound", "forbidden", "upgradeRequired", "busy"],
};

/** `GET /api/v2/data/rooms/{roomId}/real_time`: membership is checked before the upgrade. */
async function listen(call: Call): Promise<undefined> {
  const { request, context, parameters } = call;
  const { revision } = context.control;
  const demand = { scope: "data:room:read", query: true } as const;
  const now = context.clock();
  const token = await authorise(request, demand, context.verifier, now);
  const { kinds } = readQuery(request.url, query);
  const { id: profile } = ownProfile(token, demand.scope);
  const room = await findRoom(context, parameters.roomId);
  const { id } = requireMember(room, profile);
  const channels = context.roomFeeds.channelsOf(room, parseKinds(kinds));
  const rights = [tokenRight(token), { kind: "membership", id } as const];
  becomeSocket(call, { rights, channels }, revision, [room.id]);
  context.uses.read(token, now);
}
