import type { EpochMs, ProfileId } from "../domain/reading.ts";
import type { Profile } from "./directory.ts";

/** What a room or a member of it is set to: whatever the apps agree on. */
export type Configuration = Readonly<Record<string, unknown>>;

/** The number by which the directory knows a room; the wire shows its `room_id` instead. */
export type RoomId = number & { readonly unit: "room" };

/** People who hear each other's pulse. */
export interface Room {
  readonly id: RoomId;
  /** The `room_id` of the wire: a UUID. */
  readonly publicId: string;
  /** Who made it: may invite, remove members, change its configuration and delete it. */
  readonly owner: ProfileId;
  readonly configuration: Configuration;
}

export interface Member {
  /** Names this membership; who leaves and joins again has another one. */
  readonly id: number;
  readonly room: RoomId;
  readonly profile: Profile;
  readonly configuration: Configuration;
}

export interface RoomWithMembers extends Room {
  /** In the order in which they joined. */
  readonly members: readonly Member[];
}

export interface NewRoom {
  readonly owner: ProfileId;
  readonly configuration: Configuration;
  readonly createdAt: EpochMs;
  /** Rooms that one profile may own. */
  readonly ownedMax: number;
  /** Rooms in which one profile may be. */
  readonly membershipsMax: number;
}

/** The room that was made, or why none was. */
export type Created =
  | { readonly outcome: "created"; readonly room: Room }
  | { readonly outcome: "owns too many" | "in too many" };

export interface NewInvitation {
  readonly room: RoomId;
  /** SHA-256 of the code in lower-case hexadecimal: the code itself is shown once and kept nowhere. */
  readonly codeHash: string;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
  /** The number of the token by which it is made: it ends when that is revoked. None outside of a request. */
  readonly token?: number;
  /** Invitations to a room that may hold at the time at which this one is made. */
  readonly heldMax: number;
}

/** What became of an invitation. */
export type Invited = "invited" | "room unknown" | "too many";

/** Somebody who wants to come in, by their own act. */
export interface Joining {
  readonly codeHash: string;
  readonly profile: ProfileId;
  readonly now: EpochMs;
  /** Members that a room may have. */
  readonly membersMax: number;
  /** Rooms in which one profile may be. */
  readonly membershipsMax: number;
}

/** What became of it: the room, or why not. A member who joins again stays as they are. */
export type Joined =
  | { readonly outcome: "joined" | "member already"; readonly room: Room }
  | { readonly outcome: "invitation unknown" | "room full" | "in too many" };

/** Rooms, their members and invitations. Every method throws what the engine throws when it cannot answer. */
export interface Rooms {
  /** Makes a room whose owner is its first member, unless they own as many, or are in as many, as they may. */
  create(room: NewRoom): Promise<Created>;

  find(publicId: string): Promise<RoomWithMembers | undefined>;

  /** @returns those of the rooms that are there, with their members */
  load(rooms: readonly RoomId[]): Promise<readonly RoomWithMembers[]>;

  /** The rooms of which a profile is a member, or every room without one; oldest first. */
  list(member?: ProfileId): Promise<readonly RoomWithMembers[]>;

  /** @returns which of these memberships still hold */
  findMemberships(ids: readonly number[]): Promise<ReadonlySet<number>>;

  /** @returns false when there is no such room */
  configure(room: RoomId, configuration: Configuration): Promise<boolean>;

  /** @returns false when the profile is no member */
  configureMember(room: RoomId, profile: ProfileId, configuration: Configuration): Promise<boolean>;

  /** A member goes of their own will. @returns false when the profile is no member */
  leave(room: RoomId, profile: ProfileId): Promise<boolean>;

  /**
   * Removes somebody, and takes back every invitation to the room in the same step: by one that still held they
   * would come in again.
   *
   * @returns false when the profile is no member; the invitations are left alone then
   */
  removeMember(room: RoomId, profile: ProfileId): Promise<boolean>;

  /** Deletes a room with its memberships and invitations. */
  remove(room: RoomId): Promise<void>;

  /** Makes an invitation that holds until it expires, is taken back, or its token is revoked. */
  invite(invitation: NewInvitation): Promise<Invited>;

  /** Takes back every invitation to a room. @returns how many of them still held */
  withdrawInvitations(room: RoomId, now: EpochMs): Promise<number>;

  join(joining: Joining): Promise<Joined>;
}
