import type { EpochMs, ProfileId } from "../../domain/reading.ts";
import { changesOf, heartRateFrame, type RoomEventKind, type RoomState } from "../../domain/roomEvents.ts";
import type { Bus } from "../../live/bus.ts";
import type { RoomId, Rooms, RoomWithMembers } from "../../storage/rooms.ts";
import type { Channel } from "../liveSockets.ts";

type Publish = (frame: string) => void;

/** A room to which somebody listens. */
interface Feed {
  state: RoomState;
  readonly publishers: Map<RoomEventKind, Publish>;
  /** What ends hearing a member, by `profile_id`. Empty while nobody asks for heart rates. */
  readonly heard: Map<string, () => void>;
  members: ReadonlyMap<string, ProfileId>;
}

/**
 * What listeners of rooms hear: the readings of the members, and what changes in the room. Changes are found by
 * comparing the room with the last look at it, so that it does not matter who made them.
 */
export class RoomFeeds {
  readonly #bus: Bus;
  readonly #rooms: Rooms;
  readonly #clock: () => EpochMs;
  readonly #feeds = new Map<RoomId, Feed>();

  constructor(bus: Bus, rooms: Rooms, clock: () => EpochMs) {
    this.#bus = bus;
    this.#rooms = rooms;
    this.#clock = clock;
  }

  /** The channels of one room, one for each kind of event. */
  channelsOf(room: RoomWithMembers, kinds: readonly RoomEventKind[]): readonly Channel[] {
    return kinds.map((kind) => ({
      name: `room ${room.id} ${kind}`,
      open: (publish) => this.#open(room, kind, publish),
    }));
  }

  /**
   * Looks at those of the rooms that have listeners and tells what changed. It is called whenever control data changed.
   *
   * @throws what the directory throws; nothing is told then, and it can be called again
   */
  async refresh(rooms: readonly RoomId[] | "all"): Promise<void> {
    const ids = rooms === "all" ? [...this.#feeds.keys()] : rooms.filter((room) => this.#feeds.has(room));
    if (ids.length === 0) return;
    const loaded = new Map((await this.#rooms.load(ids)).map((room) => [room.id, room]));
    for (const id of ids) {
      const feed = this.#feeds.get(id);
      if (feed !== undefined) this.#show(feed, loaded.get(id));
    }
  }

  #open(room: RoomWithMembers, kind: RoomEventKind, publish: Publish): () => void {
    const feed = this.#feeds.get(room.id) ?? newFeed(room);
    this.#feeds.set(room.id, feed);
    feed.publishers.set(kind, publish);
    if (kind === "heart_rate") this.#hearMembers(feed);
    return () => {
      feed.publishers.delete(kind);
      if (kind === "heart_rate") this.#hearMembers(feed);
      if (feed.publishers.size === 0) this.#feeds.delete(room.id);
    };
  }

  #show(feed: Feed, room: RoomWithMembers | undefined): void {
    const before = feed.state;
    const after = room === undefined ? undefined : stateOf(room);
    feed.state = after ?? { ...before, members: new Map() };
    feed.members = room === undefined ? new Map() : membersOf(room);
    // First of all nobody is heard any more who left.
    this.#hearMembers(feed);
    for (const { kind, frame } of changesOf(before, after, this.#clock())) feed.publishers.get(kind)?.(frame);
  }

  /** Hears those who are members now, and nobody else. */
  #hearMembers(feed: Feed): void {
    const publish = feed.publishers.get("heart_rate");
    const wanted = publish === undefined ? new Map<string, ProfileId>() : feed.members;
    for (const [profileId, end] of feed.heard) {
      if (wanted.has(profileId)) continue;
      end();
      feed.heard.delete(profileId);
    }
    if (publish === undefined) return;
    for (const [profileId, profile] of wanted) {
      if (feed.heard.has(profileId)) continue;
      const end = this.#bus.subscribe(profile, ({ bpm, effectiveAt }) =>
        publish(heartRateFrame(profileId, bpm, effectiveAt)),
      );
      feed.heard.set(profileId, end);
    }
  }
}

function newFeed(room: RoomWithMembers): Feed {
  return { state: stateOf(room), publishers: new Map(), heard: new Map(), members: membersOf(room) };
}

function stateOf(room: RoomWithMembers): RoomState {
  return {
    publicId: room.publicId,
    configuration: JSON.stringify(room.configuration),
    members: new Map(
      room.members.map(({ id, profile, configuration }) => [
        profile.publicId,
        { membership: id, configuration: JSON.stringify(configuration) },
      ]),
    ),
  };
}

function membersOf({ members }: RoomWithMembers): ReadonlyMap<string, ProfileId> {
  return new Map(members.map(({ profile }) => [profile.publicId, profile.id]));
}
