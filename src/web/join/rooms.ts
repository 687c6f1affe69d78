/** A room as the server shows it to somebody who joined. */
export interface JoinedRoom {
  readonly room_id: string;
  readonly members: readonly unknown[];
}

/** A call that did not do what was asked; the message is for the person. */
export class Refused extends Error {
  override name = "Refused";
}

const ROOMS = "/api/heartwire/v1/rooms";

/** @throws Refused with what stands against it, and what to do */
export async function joinRoom(code: string, token: string): Promise<JoinedRoom> {
  const { room } = (await call("POST", `${ROOMS}/join`, token, { code })) as { readonly room: JoinedRoom };
  return room;
}

/** @throws Refused with what stands against it, and what to do */
export async function leaveRoom({ room_id }: JoinedRoom, token: string): Promise<void> {
  await call("DELETE", `${ROOMS}/${room_id}/members/me`, token);
}

async function call(method: string, path: string, token: string, body?: unknown): Promise<unknown> {
  const response = await ask(method, path, token, body);
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const { error_code, error_message } = answer as ErrorAnswer;
  throw new Refused(error_code === TOKEN_MALFORMED ? wrongForm(token) : describe(error_code, error_message));
}

async function ask(method: string, path: string, token: string, body: unknown): Promise<Response> {
  try {
    return await fetch(path, {
      method,
      headers: { authorization: `Bearer ${token}` },
      credentials: "omit",
      cache: "no-store",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw new Refused("The server does not answer. Try again in a moment.");
  }
}

interface ErrorAnswer {
  readonly error_code?: number;
  readonly error_message?: string;
}

const TOKEN_MALFORMED = 7010;

const TOKEN_CHARACTERS = 36;

/** What is said of a text that is no token; the text itself may be another secret and is not shown. */
function wrongForm(text: string): string {
  const { length } = text;
  if (length !== TOKEN_CHARACTERS) {
    return `A token has ${TOKEN_CHARACTERS} characters; this has ${length}. Was all of it copied, and nothing else?`;
  }
  return "This is no token: one has the form 01234567-89ab-cdef-0123-456789abcdef. Was the right text copied?";
}

/** What the server's errors (docs/errors.md) mean to somebody who wants to join. */
const WORDS: Readonly<Record<number, string>> = {
  7005: "The server does not know this token, or it was revoked. Ask whoever runs the server for another one.",
  7006: "This token has expired. Ask whoever runs the server for another one.",
  7011: "This token may not join rooms. It needs the scopes data:room:write and data:heart_rate:read.",
  8004: "This invitation is unknown, has expired or was withdrawn. Ask for a new one.",
};

function describe(code = 0, message = ""): string {
  const words = WORDS[code];
  if (words !== undefined) return words;
  return message === "" ? "The server refuses it." : `The server refuses it: ${message}.`;
}
