import type { Answer } from "../serverAnswer.ts";
import { type Asked, describeRefusal, readError } from "../serverWords.ts";
import { readRetryAfterMs } from "./backoff.ts";

/** What a server's answer to one reading means for the sender. */
export type Verdict =
  | { readonly kind: "delivered" }
  /** Send it again later; `reason` is what went wrong, as the end of a sentence. */
  | { readonly kind: "retry"; readonly reason: string; readonly retryAfterMs?: number }
  /** Sending again would be answered the same way; `message` is for the user. */
  | { readonly kind: "refused"; readonly message: string };

const WRITING: Asked = {
  right: "write",
  scopes: "data:heart_rate:write",
  refused: "The server refuses the reading.",
};

/** Judges one answer of `POST /api/v1/data`. */
export function judgeAnswer(answer: Answer, nowMs: number): Verdict {
  const { status } = answer;
  if (status === 200 && isEmptyOrJson(answer.body)) return { kind: "delivered" };
  if (status === 408 || status === 429 || status >= 500) {
    const retryAfterMs = readRetryAfterMs(answer.headers.get("retry-after"), nowMs);
    const reason = `the server answers ${status}`;
    return retryAfterMs === undefined ? { kind: "retry", reason } : { kind: "retry", reason, retryAfterMs };
  }
  return { kind: "refused", message: refusal(answer) };
}

/** A proxy or the log-in page of a network answers 200 to anything, and keeps no reading. */
function isEmptyOrJson(body: string): boolean {
  if (body.trim() === "") return true;
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}

function refusal(answer: Answer): string {
  const { status, body } = answer;
  if (status < 300) {
    const said = status === 200 ? "answer 200, but no JSON" : `answer ${status}`;
    return (
      "Neither Heartwire nor Pulsoid answered: something else is at this address, such as a network's log-in page. " +
      `(${said})`
    );
  }
  if (status === 400) {
    return `The server does not accept the reading: ${readError(body).message || "answer 400"}`;
  }
  return describeRefusal(answer, WRITING);
}
