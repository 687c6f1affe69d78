import type { HookDetails } from "../../../src/conformance/index.ts";
import { bearer } from "../requests.ts";

const ROOMS = "/api/heartwire/v1/rooms";

async function call(origin: string, token: string, method: string, path: string, body?: unknown) {
  const response = await fetch(`${origin}${ROOMS}${path}`, {
    method,
    headers: bearer(token),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}

/** Makes a room. @returns its id */
export async function newRoom(origin: string, owner: string): Promise<string> {
  return (await call(origin, owner, "POST", "", {})).room.room_id;
}

/** Does to a room what the kit asks its operator for. */
export async function changeRoom(
  origin: string,
  details: HookDetails,
  tokens: { readonly owner: string; readonly member: string },
): Promise<void> {
  const { CONFORMANCE_STEP, CONFORMANCE_ROOM: room, CONFORMANCE_PROFILE: profile } = details;
  const config = JSON.parse(details.CONFORMANCE_CONFIG ?? "{}");
  switch (CONFORMANCE_STEP) {
    case "add-member": {
      const { invitation } = await call(origin, tokens.owner, "POST", `/${room}/invitations`, {});
      await call(origin, tokens.member, "POST", "/join", { code: invitation.code });
      return;
    }
    case "configure-room":
      await call(origin, tokens.owner, "PUT", `/${room}/config`, { config });
      return;
    case "configure-member":
      await call(origin, tokens.owner, "PUT", `/${room}/members/${profile}/config`, { config });
      return;
    case "remove-member":
      await call(origin, tokens.owner, "DELETE", `/${room}/members/${profile}`);
      return;
    default:
      throw new Error(`there is no step ${CONFORMANCE_STEP}`);
  }
}
