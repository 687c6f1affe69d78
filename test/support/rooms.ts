import type { Scope } from "../../src/domain/scopes.ts";
import { Listener } from "./listener.ts";
import { bearer } from "./requests.ts";
import type { TestServer } from "./server.ts";

export const ROOMS = "/api/heartwire/v1/rooms";

/** Everything that somebody in a room does. */
export const ROOM_SCOPES: readonly Scope[] = [
  "data:heart_rate:read",
  "data:heart_rate:write",
  "data:room:read",
  "data:room:write",
];

/** Somebody with a token of their own. */
export interface Person {
  readonly token: string;
  readonly profileId: string;
}

export interface RoomAnswer {
  readonly room_id: string;
  readonly config: unknown;
  readonly owner: boolean;
  readonly members: readonly { readonly profile_id: string; readonly config: unknown }[];
}

/** Makes somebody whom nobody else is. */
export async function newPerson(server: TestServer, scopes: readonly Scope[] = ROOM_SCOPES): Promise<Person> {
  const user = crypto.randomUUID();
  const token = await server.token(scopes, { user });
  const profile = await server.server.storage.directory.findProfile(user);
  return { token, profileId: profile?.publicId ?? "" };
}

/** Calls a route of rooms as somebody. */
export function callRooms(
  { origin }: TestServer,
  { token }: Pick<Person, "token">,
  method: string,
  path: string,
  body?: unknown,
): Promise<Response> {
  return fetch(`${origin}${ROOMS}${path}`, {
    method,
    headers: bearer(token),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** @throws when the answer is not 200 */
export async function answered<Answer>(response: Response | Promise<Response>): Promise<Answer> {
  const { status } = await response;
  const text = await (await response).text();
  if (status !== 200) throw new Error(`answered ${status}: ${text}`);
  return JSON.parse(text) as Answer;
}

export async function newRoom(server: TestServer, owner: Person, config?: object): Promise<string> {
  const body = config === undefined ? {} : { config };
  const { room } = await answered<{ room: RoomAnswer }>(callRooms(server, owner, "POST", "", body));
  return room.room_id;
}

/** Makes an invitation, and somebody accepts it. */
export async function joinByInvitation(
  server: TestServer,
  owner: Person,
  roomId: string,
  guest: Person,
): Promise<void> {
  const code = await newCode(server, owner, roomId);
  await answered(callRooms(server, guest, "POST", "/join", { code }));
}

export async function newCode(server: TestServer, owner: Person, roomId: string): Promise<string> {
  const { invitation } = await answered<{ invitation: { code: string } }>(
    callRooms(server, owner, "POST", `/${roomId}/invitations`, {}),
  );
  return invitation.code;
}

/** Every kind of event, as a room's socket is asked for them. */
export const EVERY_KIND = "?kinds=heart_rate,room_member_updated,room_member_removed,room_updated";

export function roomSocketPath(roomId: string): string {
  return `/api/v2/data/rooms/${roomId}/real_time`;
}

/** Listens to a room as somebody. @throws when the socket is refused */
export function listenToRoom(
  { origin }: TestServer,
  { token }: Pick<Person, "token">,
  roomId: string,
  query = "",
): Promise<Listener> {
  return Listener.openAt(`${origin}${roomSocketPath(roomId)}${query}`, token);
}

/** Anna, who owns a room, and Ben, who is in it. */
export async function newRoomOfTwo(
  server: TestServer,
): Promise<{ readonly anna: Person; readonly ben: Person; readonly roomId: string }> {
  const [anna, ben] = [await newPerson(server), await newPerson(server)];
  const roomId = await newRoom(server, anna, { name: "Race" });
  await joinByInvitation(server, anna, roomId, ben);
  return { anna, ben, roomId };
}
