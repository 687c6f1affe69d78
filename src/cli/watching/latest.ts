import { apiAddress, type Connection } from "../connection.ts";
import { describeConnectionFault } from "../connectionFault.ts";
import { CommandFailure } from "../failure.ts";
import { type Answer, readAnswer } from "../serverAnswer.ts";
import { type Asked, describeRefusal } from "../serverWords.ts";
import { type HeardReading, readHeardReading } from "./heardReading.ts";

const READING: Asked = {
  right: "read",
  scopes: "data:heart_rate:read",
  refused: "The server refuses to show the heart rate.",
};

/** What the server knew before the first live reading. */
export type Latest =
  | { readonly kind: "known"; readonly reading: HeardReading }
  /** Nothing was ever sent for this user. */
  | { readonly kind: "none" }
  /** The server was reached and could not tell. */
  | { readonly kind: "unknown" }
  /** The server was not reached; `reason` is the end of a sentence. */
  | { readonly kind: "unreachable"; readonly reason: string };

/**
 * Asks for the latest reading. It comes before each attempt to listen, because its answer says in words why a token is
 * refused, which a failed upgrade does not.
 *
 * @throws CommandFailure when the server refuses and asking again would not help
 */
export async function fetchLatest(
  { baseUrl, token }: Connection,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Latest> {
  let answer: Answer;
  try {
    const response = await fetch(apiAddress(baseUrl, "api/v1/data/heart_rate/latest"), {
      headers: { authorization: `Bearer ${token}` },
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    answer = await readAnswer(response);
  } catch (error) {
    const timedOut = (error as Error).name === "TimeoutError";
    return {
      kind: "unreachable",
      reason: timedOut ? "the server does not answer" : describeConnectionFault(error),
    };
  }
  if (answer.status === 412) return { kind: "none" };
  if (!isPassing(answer.status)) throw new CommandFailure(describeRefusal(answer, READING));
  const reading = answer.status === 200 ? readHeardReading(answer.body) : undefined;
  return reading === undefined ? { kind: "unknown" } : { kind: "known", reading };
}

/**
 * Says whether asking again later can help: a busy or failing server recovers by itself, a refused token does not. 412
 * is no failure: there is no reading yet.
 */
function isPassing(status: number): boolean {
  return status < 300 || status === 408 || status === 412 || status === 429 || status >= 500;
}
