import type { Random } from "../../domain/random.ts";
import { type ApiCall, CallUnanswered, callApi } from "../apiCall.ts";
import type { Connection } from "../connection.ts";
import { backoffDelayMs } from "../sending/backoff.ts";
import { pause } from "../sending/pause.ts";
import { GOOD_CONNECTION_MS } from "../watching/liveFeed.ts";
import { listenLive, SOCKET_TIMES } from "../watching/liveSocket.ts";

export interface FollowedRoom {
  /** Asks whether the room can be seen at all: a socket that is refused does not say why. */
  readonly look: ApiCall;
  /** The socket, below the server's address. */
  readonly socketPath: string;
  readonly signal: AbortSignal;
  readonly random: Random;
  onOpen(): void;
  onFrame(frame: string): void;
  onLost(reason: string): void;
}

/**
 * Follows what happens in a room, connecting again after every end, with growing pauses and jitter, until the signal is
 * aborted.
 *
 * @throws CommandFailure when the caller may not see the room (any more), or no server answers at the start
 */
export async function followRoom(connection: Connection, room: FollowedRoom): Promise<void> {
  const { look, socketPath, signal, random, onOpen, onFrame, onLost } = room;
  await callApi(connection, look);
  for (let attempt = 0; !signal.aborted; attempt++) {
    const startedAt = performance.now();
    const end = await listenLive(connection, socketPath, SOCKET_TIMES, { onOpen, onFrame }, signal);
    if (signal.aborted) return;
    onLost(end.reason);
    await stopIfRefused(connection, look);
    if (performance.now() - startedAt >= GOOD_CONNECTION_MS) attempt = 0;
    await pause(backoffDelayMs(attempt, random), signal);
  }
}

/** A server that is away comes back; one that refuses says why, and asking again would not change that. */
async function stopIfRefused(connection: Connection, look: ApiCall): Promise<void> {
  try {
    await callApi(connection, look);
  } catch (error) {
    if (!(error instanceof CallUnanswered)) throw error;
  }
}
