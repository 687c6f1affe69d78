import type { ServerWebSocket } from "bun";
import type { EpochMs } from "../domain/reading.ts";

/** What a socket must have to stay open, such as a token that holds. */
export interface Right {
  readonly kind: RightKind;
  /** Names the right among those of its kind; one that ended and was given again has another number. */
  readonly id: number;
  /** Absent when it holds until it is taken away. */
  readonly expiresAt?: EpochMs;
}

export const RIGHT_KINDS = ["token", "session", "membership", "link"] as const;

export type RightKind = (typeof RIGHT_KINDS)[number];

/** Frames that many sockets share: whoever listens to a channel of one name hears the same. */
export interface Channel {
  readonly name: string;
  /**
   * Begins to publish, when the first socket listens.
   *
   * @returns a function that ends it, when the last one has gone
   */
  open(publish: (frame: string) => void): () => void;
}

/** What an open socket listens to, and by which rights: without one of them it is closed. */
export interface SocketData {
  readonly rights: readonly Right[];
  readonly channels: readonly Channel[];
}

export type LiveSocket = ServerWebSocket<SocketData>;

/** Why a socket is closed from our side. Never 1000: clients then stop for good. */
const GOING_AWAY = { code: 1001, reason: "the server is stopping" } as const;
const POLICY = 1008;
const ENDED: Readonly<Record<RightKind, string>> = {
  token: "the token was revoked or has expired",
  session: "signed out, or the page's token has expired",
  membership: "no longer a member of this room",
  link: "the link was closed",
};

/** Sends one frame to every socket that is subscribed to a topic. */
export type PublishFrame = (topic: string, frame: string) => void;

/** Says which rights of a kind, by their ids, still hold. */
export type FindHolding = (kind: RightKind, ids: readonly number[]) => Promise<ReadonlySet<number>>;

/** A channel to which somebody listens. There are as many as people who are listened to: it is kept small. */
class Topic {
  readonly channel: Channel;
  /** What those listen to who listen to nothing else. */
  readonly alone: readonly [Channel];
  readonly end: () => void;
  sockets = 0;

  constructor(channel: Channel, send: (topic: Topic, frame: string) => void) {
    this.channel = channel;
    this.alone = [channel];
    this.end = channel.open((frame) => send(this, frame));
  }
}

/** Every open socket: what it hears, and when it must close. */
export class LiveSockets {
  readonly #open = new Set<LiveSocket>();
  readonly #topics = new Map<string, Topic>();
  #publish: PublishFrame = () => {};
  readonly #send = (topic: Topic, frame: string) => {
    this.#framesSent += topic.sockets;
    this.#publish(topic.channel.name, frame);
  };
  #framesSent = 0;
  /** No right ends by itself before this. */
  #nextExpiry = Number.POSITIVE_INFINITY;

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
    this.#open.add(socket);
    this.#nextExpiry = Math.min(this.#nextExpiry, firstExpiry(socket));
    const { rights, channels } = socket.data;
    const topics = channels.map((channel) => this.#join(socket, channel));
    // Who listens to the same shares what the first of them brought, and what the others brought is let go.
    const [topic] = topics.length === 1 ? topics : [];
    socket.data = { rights, channels: topic?.alone ?? topics.map(({ channel }) => channel) };
  }

  closed(socket: LiveSocket): void {
    if (!this.#open.delete(socket)) return;
    for (const { name } of socket.data.channels) this.#leave(name);
  }

  /** Asked often, of many sockets: it looks at them only when one is due. */
  closeExpired(now: EpochMs): void {
    if (now < this.#nextExpiry) return;
    this.#nextExpiry = Number.POSITIVE_INFINITY;
    for (const socket of this.#open) {
      const expired = socket.data.rights.find(({ expiresAt }) => expiresAt !== undefined && expiresAt <= now);
      if (expired !== undefined) socket.close(POLICY, ENDED[expired.kind]);
      else this.#nextExpiry = Math.min(this.#nextExpiry, firstExpiry(socket));
    }
  }

  /** Closes the sockets that lost a right of these kinds. When `findHolding` throws, those that were not looked at stay open. */
  async closeEnded(kinds: readonly RightKind[], findHolding: FindHolding): Promise<void> {
    for (const kind of kinds) {
      const ids = new Set(this.#rightsOf(kind));
      if (ids.size === 0) continue;
      const holding = await findHolding(kind, [...ids]);
      // A socket that opened while we asked was checked when it opened.
      const isEnded = (right: Right) => right.kind === kind && ids.has(right.id) && !holding.has(right.id);
      for (const socket of this.#open) {
        if (socket.data.rights.some(isEnded)) socket.close(POLICY, ENDED[kind]);
      }
    }
  }

  closeAll(): void {
    for (const socket of this.#open) socket.close(GOING_AWAY.code, GOING_AWAY.reason);
  }

  *#rightsOf(kind: RightKind): Generator<number> {
    for (const socket of this.#open) {
      for (const right of socket.data.rights) if (right.kind === kind) yield right.id;
    }
  }

  #join(socket: LiveSocket, channel: Channel): Topic {
    socket.subscribe(channel.name);
    const topic = this.#topics.get(channel.name) ?? this.#openTopic(channel);
    topic.sockets++;
    return topic;
  }

  #openTopic(channel: Channel): Topic {
    const topic = new Topic(channel, this.#send);
    this.#topics.set(channel.name, topic);
    return topic;
  }

  #leave(name: string): void {
    const topic = this.#topics.get(name);
    if (topic === undefined || --topic.sockets > 0) return;
    topic.end();
    this.#topics.delete(name);
  }
}

function firstExpiry({ data: { rights } }: LiveSocket): number {
  return Math.min(...rights.map(({ expiresAt }) => expiresAt ?? Number.POSITIVE_INFINITY));
}
