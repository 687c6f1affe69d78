import { readRetryAfterMs } from "./backoff.ts";

/** What a server's answer to one reading means for the sender. */
export type Verdict =
  | { readonly kind: "delivered" }
  /** Send it again later; `reason` is what went wrong, as the end of a sentence. */
  | { readonly kind: "retry"; readonly reason: string; readonly retryAfterMs?: number }
  /** Sending again would be answered the same way; `message` is for the user. */
  | { readonly kind: "refused"; readonly message: string };

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Why a token was refused, by the error codes of the wire, and what to do. */
const TOKEN_PROBLEMS: Readonly<Record<number, string>> = {
  7005: "The server does not know this token, or it was revoked. Make a new one: npm run heartwire -- token create --help",
  7006: "The token has expired. Make a new one: npm run heartwire -- token create --help",
  7009: "The token did not reach the server. Does something between here and it drop the Authorization header?",
  7010: "The server does not read this as a token: it expects a UUID of 36 characters. Was all of it copied?",
  7011: "The token may not write. Make one with --scopes data:heart_rate:write.",
};

/** Judges one answer of `POST /api/v1/data`. */
export function judgeAnswer(answer: Answer, nowMs: number): Verdict {
  const { status } = answer;
  if (status >= 200 && status < 300) return { kind: "delivered" };
  if (status === 408 || status === 429 || status >= 500) {
    const retryAfterMs = readRetryAfterMs(answer.headers.get("retry-after"), nowMs);
    const reason = `the server answers ${status}`;
    return retryAfterMs === undefined ? { kind: "retry", reason } : { kind: "retry", reason, retryAfterMs };
  }
  return { kind: "refused", message: refusal(answer) };
}

function refusal({ status, headers, body }: Answer): string {
  const error = readError(body);
  const said = error.message === "" ? `answer ${status}` : `answer ${status}, ${error.message}`;
  if (status === 401) {
    return `${TOKEN_PROBLEMS[error.code] ?? "The server refuses the token."} (${said})`;
  }
  if (status >= 300 && status < 400) {
    // Following it would turn the POST into a GET, or carry the token to another host.
    return `The server sends us on to ${headers.get("location") ?? "another address"}. Give that address with --url.`;
  }
  if (status === 400) return `The server does not accept the reading: ${error.message || "answer 400"}`;
  if (status === 404) return `There is no Heartwire or Pulsoid API at this address. (${said})`;
  return `The server refuses the reading. (${said})`;
}

const MESSAGE_CHARACTERS_MAX = 300;

/** Reads the error body of the wire: `{"error_code":7005,"error_message":"token_not_found"}`. */
function readError(body: string): { code: number; message: string } {
  try {
    const { error_code, error_message } = JSON.parse(body) as Record<string, unknown>;
    const message = typeof error_message === "string" ? error_message : "";
    return {
      code: Number(error_code),
      message: message.replace(/\p{Cc}/gu, " ").slice(0, MESSAGE_CHARACTERS_MAX),
    };
  } catch {
    return { code: Number.NaN, message: "" };
  }
}
