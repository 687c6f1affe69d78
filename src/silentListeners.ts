import type { LiveSocket } from "./api/liveSockets.ts";

/**
 * How often it is looked who is due. Thousands who came back in step after a restart are due within seconds, and a ping
 * costs as much as a reading: in one moment they would hold up whoever writes.
 */
export const SWEEP_INTERVAL_MS = 100;

interface Sign {
  /** Whether the listener said anything, a pong for example, since the last ping. */
  heard: boolean;
  /** When it is pinged next, or cut. */
  dueAtMs: number;
}

/**
 * Pings every listener and cuts those that say nothing. Bun's own idle time takes what is sent to a listener for a
 * sign of life, and so one that hangs while readings flow would stay until the system's buffers are full: hours.
 */
export class SilentListeners {
  readonly #patienceMs: number;
  /** In the order in which they are due: everybody is as patient as everybody else. */
  readonly #signs = new Map<LiveSocket, Sign>();

  /** @param idleSecondsMax a listener that answers nothing for this long is cut, at the earliest after half of it */
  constructor(idleSecondsMax: number) {
    this.#patienceMs = (idleSecondsMax * 1_000 - SWEEP_INTERVAL_MS) / 2;
  }

  opened(socket: LiveSocket, nowMs: number): void {
    this.#signs.set(socket, { heard: true, dueAtMs: nowMs + this.#patienceMs });
  }

  heard(socket: LiveSocket): void {
    const sign = this.#signs.get(socket);
    if (sign !== undefined) sign.heard = true;
  }

  closed(socket: LiveSocket): void {
    this.#signs.delete(socket);
  }

  /** Pings who is due, and cuts (1006) who has not answered since the last time. */
  sweep(nowMs: number): void {
    for (const [socket, sign] of this.#signs) {
      if (nowMs < sign.dueAtMs) return;
      this.#signs.delete(socket);
      if (!sign.heard) {
        socket.terminate();
        continue;
      }
      sign.heard = false;
      sign.dueAtMs = nowMs + this.#patienceMs;
      this.#signs.set(socket, sign);
      socket.ping();
    }
  }
}
