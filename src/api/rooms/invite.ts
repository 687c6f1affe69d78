import { z } from "zod";
import { hashInvitationCode, newInvitationCode } from "../../auth/invitations.ts";
import type { EpochMs } from "../../domain/reading.ts";
import type { Invited } from "../../storage/rooms.ts";
import { readAuthorisedJson } from "../body.ts";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { JOIN_PATH } from "../pages/joinPage.ts";
import { pageOrigin } from "../requestOrigin.ts";
import { json } from "../responses.ts";
import { findRoom, requireOwner, roomUnknown } from "./access.ts";
import { roomToken, WIDEN_ROOMS } from "./roomToken.ts";
import { roomPath } from "./schemas.ts";

/** An invitation is good for a minute at least, thirty days at most, and a day when nothing is said. */
export const INVITATION_SECONDS_MIN = 60;
export const INVITATION_SECONDS_MAX = 2_592_000;
export const INVITATION_SECONDS_DEFAULT = 86_400;

const SECONDS = `expected a whole number of seconds from ${INVITATION_SECONDS_MIN} to ${INVITATION_SECONDS_MAX}`;

const body = z.object(
  {
    expires_in: z
      .int({ error: SECONDS })
      .min(INVITATION_SECONDS_MIN, { error: SECONDS })
      .max(INVITATION_SECONDS_MAX, { error: SECONDS })
      .default(INVITATION_SECONDS_DEFAULT)
      .describe("Seconds"),
  },
  { error: "expected a JSON object" },
);

export const invite: Operation = {
  answer: makeInvitation,
  id: "inviteToRoom",
  group: "Rooms",
  summary: "Make an invitation to a room",
  notes:
    "For its owner. Whoever is given the code can join, until it expires or is withdrawn, or the token is revoked by which it was made. It is shown once.",
  token: WIDEN_ROOMS,
  path: roomPath,
  body,
  success: {
    status: 200,
    content: {
      "application/json": z.object({
        invitation: z
          .object({
            code: z.string(),
            expires_at: z.int().describe("Unix time in milliseconds"),
            link: z.url().describe("The page that joins by the code"),
          })
          .meta({ id: "Invitation" }),
      }),
    },
  },
  errors: ["malformedRequest", "bodyTooLarge", "notFound", "forbidden", "conflict"],
};

/** `POST /api/heartwire/v1/rooms/{roomId}/invitations` */
async function makeInvitation(call: Call): Promise<Response> {
  const { request, context, parameters } = call;
  const { profile, row } = await roomToken(call, WIDEN_ROOMS);
  const found = await findRoom(context, parameters.roomId);
  requireOwner(found, profile);
  const { expires_in: seconds } = await readAuthorisedJson(call, body, WIDEN_ROOMS);
  const createdAt = context.clock();
  const expiresAt = (createdAt + seconds * 1000) as EpochMs;
  const code = newInvitationCode();
  const codeHash = hashInvitationCode(code) as string;
  const { roomInvitationsMax: heldMax } = context.limits;
  const invitation = {
    room: found.id,
    codeHash,
    createdAt,
    expiresAt,
    heldMax,
    ...(row === undefined ? {} : { token: row }),
  };
  requireInvited(await context.directory.rooms.invite(invitation), heldMax);
  const link = new URL(`${JOIN_PATH}#${code}`, pageOrigin(request, context)).href;
  return json({ invitation: { code, expires_at: expiresAt, link } });
}

/** @throws ApiError notFound when the room was deleted meanwhile, or conflict when it has as many invitations as it may */
function requireInvited(invited: Invited, heldMax: number): void {
  if (invited === "room unknown") throw roomUnknown();
  if (invited === "too many") {
    throw new ApiError("conflict", {
      detail: `this room has ${heldMax} invitations that hold, which is the most; withdraw them, or wait until one expires`,
    });
  }
}
