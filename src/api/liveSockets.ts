import type { ServerWebSocket } from "bun";
import type { EpochMs, ProfileId } from "../domain/reading.ts";
import type { Bus, LiveReading } from "../live/bus.ts";
import type { TokenRecord } from "../storage/directory.ts";

/** What an open socket listens to, and by which right. */
export interface SocketData {
  readonly token: TokenRecord;
  readonly profile: ProfileId;
  /** How a reading looks on this socket; sockets of one encoding and profile share their frames. */
  readonly encoding: Encoding;
}

export interface Encoding {
  readonly name: string;
  readonly encode: (reading: LiveReading) => string;
}

export type LiveSocket = ServerWebSocket<SocketData>;

/** Why a socket is closed from our side. Never 1000: clients then stop for good. */
export const CLOSE = {
  goingAway: { code: 1001, reason: "the server is stopping" },
  tokenEnded: { code: 1008, reason: "the token was revoked or has expired" },
} as const;

/** Sends one frame to every socket that is subscribed to a topic. */
export type PublishFrame = (topic: string, frame: string) => void;

interface Topic {
  sockets: number;
  readonly end: () => void;
}

/** Every open socket: what it hears, and when it must close. */
export class LiveSockets {
  readonly #bus: Bus;
  readonly #open = new Set<LiveSocket>();
  readonly #topics = new Map<string, Topic>();
  #publish: PublishFrame = () => {};
  #framesSent = 0;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Frames handed to sockets since the start. */
  get framesSent(): number {
    return this.#framesSent;
  }

  /** Tells how frames leave; called once, when the server listens. */
  publishThrough(publish: PublishFrame): void {
    this.#publish = publish;
  }

  opened(socket: LiveSocket): void {
    const { profile, encoding } = socket.data;
    const name = topicOf(socket);
    this.#open.add(socket);
    socket.subscribe(name);
    const topic = this.#topics.get(name);
    if (topic !== undefined) {
      topic.sockets++;
      return;
    }
    const created: Topic = {
      sockets: 1,
      end: this.#bus.subscribe(profile, (reading) => {
        this.#framesSent += created.sockets;
        this.#publish(name, encoding.encode(reading));
      }),
    };
    this.#topics.set(name, created);
  }

  closed(socket: LiveSocket): void {
    if (!this.#open.delete(socket)) return;
    const name = topicOf(socket);
    const topic = this.#topics.get(name);
    if (topic === undefined || --topic.sockets > 0) return;
    topic.end();
    this.#topics.delete(name);
  }

  closeExpired(now: EpochMs): void {
    for (const socket of this.#open) {
      const { expiresAt } = socket.data.token;
      if (expiresAt !== undefined && expiresAt <= now) end(socket, CLOSE.tokenEnded);
    }
  }

  /** @param findUnrevoked which of these tokens still hold; when it throws, no socket is closed */
  async closeRevoked(findUnrevoked: (ids: readonly number[]) => Promise<ReadonlySet<number>>): Promise<void> {
    if (this.#open.size === 0) return;
    const ids = new Set([...this.#open].map((socket) => socket.data.token.id));
    const unrevoked = await findUnrevoked([...ids]);
    for (const socket of this.#open) {
      // A socket that opened while we asked was checked when it opened.
      const { id } = socket.data.token;
      if (ids.has(id) && !unrevoked.has(id)) end(socket, CLOSE.tokenEnded);
    }
  }

  closeAll(): void {
    for (const socket of this.#open) end(socket, CLOSE.goingAway);
  }
}

function topicOf(socket: LiveSocket): string {
  return `${socket.data.profile} ${socket.data.encoding.name}`;
}

function end(socket: LiveSocket, { code, reason }: { readonly code: number; readonly reason: string }): void {
  socket.close(code, reason);
}
