import { CommandFailure } from "../failure.ts";

/** Why a token was refused, by the error codes of the wire, and what to do. */
const TOKEN_PROBLEMS: Readonly<Record<number, string>> = {
  7005: "The server does not know this token, or it was revoked. Make a new one with: token create",
  7006: "The token has expired. Make a new one with: token create",
  7009: "The token did not reach the server. Does something between here and it drop the Authorization header?",
  7010: "The server does not read this as a token: it expects a UUID of 36 characters. Was all of it copied?",
  7011: "The token may not read. Make one with the scope data:heart_rate:read.",
};

/**
 * Says whether asking again later can help: a busy or failing server recovers by itself, a refused token does not. 412
 * is no failure: there is no reading yet.
 */
export function isPassing(status: number): boolean {
  return status < 300 || status === 408 || status === 412 || status === 429 || status >= 500;
}

/** Puts an answer that asking again would not change into words for the user. */
export function refusal(status: number, headers: Headers, body: string): CommandFailure {
  const error = readError(body);
  const said = error.message === "" ? `answer ${status}` : `answer ${status}, ${error.message}`;
  if (status === 401) {
    return new CommandFailure(`${TOKEN_PROBLEMS[error.code] ?? "The server refuses the token."} (${said})`);
  }
  if (status < 400) {
    // Following it could carry the token to another host.
    const address = headers.get("location") ?? "another address";
    return new CommandFailure(
      `The server sends you on to ${printable(address)}. Give that address with --url.`,
    );
  }
  if (status === 404) {
    return new CommandFailure(`There is no Heartwire or Pulsoid API at this address. (${said})`);
  }
  return new CommandFailure(`The server refuses to show the heart rate. (${said})`);
}

function readError(body: string): { code: number; message: string } {
  try {
    const { error_code, error_message } = JSON.parse(body) as Record<string, unknown>;
    return {
      code: Number(error_code),
      message: typeof error_message === "string" ? printable(error_message) : "",
    };
  } catch {
    return { code: Number.NaN, message: "" };
  }
}

const PRINTED_CHARACTERS_MAX = 200;

/** What a server says, short and without characters that would move the cursor of a terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, " ").slice(0, PRINTED_CHARACTERS_MAX);
}
