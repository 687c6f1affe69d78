import type { Connection } from "../connection.ts";
import { type LiveReading, readLiveReading } from "./liveReading.ts";
import { isPassing, refusal } from "./refusal.ts";

/** What the server knew before the first live reading. */
export type Latest =
  | { readonly kind: "known"; readonly reading: LiveReading }
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
  let answer: Response;
  let body: string;
  try {
    answer = await fetch(apiAddress(baseUrl, "api/v1/data/heart_rate/latest"), {
      headers: { authorization: `Bearer ${token}` },
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    body = await answer.text();
  } catch (error) {
    const timedOut = (error as Error).name === "TimeoutError";
    return {
      kind: "unreachable",
      reason: timedOut ? "the server does not answer" : "the server cannot be reached",
    };
  }
  if (answer.status === 412) return { kind: "none" };
  if (!isPassing(answer.status)) throw refusal(answer.status, answer.headers, body);
  const reading = answer.ok ? readLiveReading(body) : undefined;
  return reading === undefined ? { kind: "unknown" } : { kind: "known", reading };
}

/** An address below the server's, which may itself be a folder of a site. */
export function apiAddress(baseUrl: URL, path: string): URL {
  const folder = new URL(baseUrl);
  if (!folder.pathname.endsWith("/")) folder.pathname += "/";
  return new URL(path, folder);
}
