import type { Random } from "../../domain/random.ts";
import type { Connection } from "../connection.ts";
import { CommandFailure } from "../failure.ts";
import { backoffDelayMs } from "../sending/backoff.ts";
import { pause } from "../sending/pause.ts";
import { type HeardReading, readHeardReading } from "./heardReading.ts";
import { fetchLatest } from "./latest.ts";
import { listenLive, SOCKET_TIMES, type SocketTimes } from "./liveSocket.ts";

/** What happens to somebody who listens. */
export type FeedEvent =
  | { readonly kind: "connecting"; readonly attempt: number }
  /** What was known before anything arrived live; no reading: nothing was ever sent. */
  | { readonly kind: "last known"; readonly reading: HeardReading | undefined }
  | { readonly kind: "open" }
  | { readonly kind: "reading"; readonly reading: HeardReading }
  /** The connection ended or was not made; `attempt` is the next one's number. */
  | { readonly kind: "lost"; readonly reason: string; readonly attempt: number; readonly retryInMs: number };

export interface FeedOptions {
  readonly signal: AbortSignal;
  readonly random: Random;
  readonly times?: SocketTimes;
  onEvent(event: FeedEvent): void;
}

const LIVE = "api/v1/data/real_time?response_mode=json";

/** A connection that lasted this long was a good one: the next failure is counted from one again. */
export const GOOD_CONNECTION_MS = 10_000;

/**
 * Follows a user's live heart rate, connecting again after every end, with growing pauses and jitter, until the signal
 * is aborted.
 *
 * @throws CommandFailure when the server refuses the token, or another way that asking again would not change
 */
export async function followLive(connection: Connection, options: FeedOptions): Promise<void> {
  const { signal, random, onEvent } = options;
  let attempt = 1;
  while (!signal.aborted) {
    onEvent({ kind: "connecting", attempt });
    const { reason, wasGood } = await connectOnce(connection, options);
    if (signal.aborted) return;
    attempt = wasGood ? 1 : attempt + 1;
    const retryInMs = backoffDelayMs(attempt, random);
    onEvent({ kind: "lost", reason, attempt, retryInMs });
    await pause(retryInMs, signal);
  }
}

/** One attempt, from the first question to the end of the connection. */
async function connectOnce(
  connection: Connection,
  { signal, onEvent, times = SOCKET_TIMES }: FeedOptions,
): Promise<{ reason: string; wasGood: boolean }> {
  const latest = await fetchLatest(connection, times.connectTimeoutMs, signal);
  if (signal.aborted) return { reason: "", wasGood: false };
  if (latest.kind === "unreachable") return { reason: latest.reason, wasGood: false };
  if (latest.kind === "known") onEvent({ kind: "last known", reading: latest.reading });
  if (latest.kind === "none") onEvent({ kind: "last known", reading: undefined });

  let openedAt = Number.POSITIVE_INFINITY;
  let readings = 0;
  const onOpen = () => {
    openedAt = performance.now();
    onEvent({ kind: "open" });
  };
  const onFrame = (frame: string) => {
    const reading = readHeardReading(frame);
    if (reading === undefined) return;
    readings += 1;
    onEvent({ kind: "reading", reading });
  };
  const end = await listenLive(connection, LIVE, times, { onOpen, onFrame }, signal);
  if (!signal.aborted && (end.code === 1008 || end.status === 401)) {
    await explainRefusal(connection, times, signal);
  }
  return { reason: end.reason, wasGood: readings > 0 || performance.now() - openedAt >= GOOD_CONNECTION_MS };
}

/** A close frame or a failed upgrade does not say why; a question over HTTP does. */
async function explainRefusal(
  connection: Connection,
  times: SocketTimes,
  signal: AbortSignal,
): Promise<never> {
  await fetchLatest(connection, times.connectTimeoutMs, signal);
  throw new CommandFailure(
    "The server ended the connection, as it does when a token was revoked or has expired. Make a new one with: token create",
  );
}
