import type { Answer } from "./serverAnswer.ts";

/** What a server says is shown up to this length. */
export const WORDS_CHARACTERS_MAX = 200;

/**
 * Makes words of a server fit to print: no character that moves a terminal's cursor, is not seen, turns the direction
 * of writing or begins a new line, and no more than {@link WORDS_CHARACTERS_MAX}.
 */
export function printable(text: string): string {
  const characters = [...text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, " ")];
  return characters.slice(0, WORDS_CHARACTERS_MAX).join("");
}

/** Reads the error body of the wire: `{"error_code":7005,"error_message":"token_not_found"}`. */
export function readError(body: string): { readonly code: number; readonly message: string } {
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

/** What a command asked of a server, as the sentences about a refusal need it. */
export interface Asked {
  /** What the token has to allow, after "may not". */
  readonly right: string;
  /** The scopes that allow it, as `token create` takes them. */
  readonly scopes: string;
  /** The sentence for a refusal that nothing better is known of. */
  readonly refused: string;
}

/** Puts an answer that asking again would not change into words for the user. */
export function describeRefusal(
  { status, headers, body }: Answer,
  { right, scopes, refused }: Asked,
): string {
  const error = readError(body);
  const said = error.message === "" ? `answer ${status}` : `answer ${status}, ${error.message}`;
  if (status === 401 && error.code === SCOPE_MISSING) {
    return `The token may not ${right}. (${said})\nMake one that may: ${MAKE_TOKEN} --user me --scopes ${scopes}`;
  }
  if (status === 401) return `${tokenProblem(error.code)} (${said})`;
  if (status >= 300 && status < 400) {
    // Following it would turn a POST into a GET, or carry the token to another host.
    const address = printable(headers.get("location") ?? "another address");
    return `The server sends us on to ${address}. Give that address with --url.`;
  }
  if (status === 404) return `There is no Heartwire or Pulsoid API at this address. (${said})`;
  return `${refused} (${said})`;
}

/** Why a token was refused, by the error codes of the wire, and what to do. */
function tokenProblem(code: number): string {
  switch (code) {
    case 7005:
      return `The server does not know this token, or it was revoked. ${MAKE_ANOTHER}`;
    case 7006:
      return `The token has expired. ${MAKE_ANOTHER}`;
    case 7009:
      return "The token did not reach the server. Does something between here and it drop the Authorization header?";
    case 7010:
      return "The server does not read this as a token: it expects a UUID of 36 characters. Was all of it copied?";
    default:
      return "The server refuses the token.";
  }
}

const SCOPE_MISSING = 7011;

/** On the server's machine, because whoever makes a token needs no token for it. */
const MAKE_TOKEN = "npm run heartwire -- token create";
const MAKE_ANOTHER = `Make a new one: ${MAKE_TOKEN} --help`;
