import type { EpochMs } from "./reading.ts";

/** What a room can tell its listeners, as the wire names it. */
export const ROOM_EVENT_KINDS = [
  "heart_rate",
  "room_member_updated",
  "room_member_removed",
  "room_updated",
] as const;

export type RoomEventKind = (typeof ROOM_EVENT_KINDS)[number];

/** A room, as far as its listeners are told of changes. Configurations are JSON text, so that they can be compared. */
export interface RoomState {
  readonly publicId: string;
  readonly configuration: string;
  /** By the members' `profile_id`. */
  readonly members: ReadonlyMap<string, { readonly membership: number; readonly configuration: string }>;
}

/** A change of a room, and its frame: compact JSON in the order of keys that Pulsoid documents. */
export interface RoomEvent {
  readonly kind: RoomEventKind;
  readonly frame: string;
}

/**
 * Reads a list of kinds as `kinds` in the query carries it: separated by commas, unknown ones ignored.
 *
 * @returns `heart_rate` alone where nothing is asked for
 */
export function parseKinds(list: string | undefined): readonly RoomEventKind[] {
  if (list === undefined || list.trim() === "") return ["heart_rate"];
  const asked = list.split(",").map((kind) => kind.trim());
  return ROOM_EVENT_KINDS.filter((kind) => asked.includes(kind));
}

/** What is told of a reading of a member. `at` is its effective time. */
export function heartRateFrame(profileId: string, bpm: number, at: EpochMs): string {
  return frameOf("heart_rate", at, `{"profile_id":${JSON.stringify(profileId)},"bpm":${bpm}}`);
}

/**
 * What changed in a room between two looks at it: who left, who came or changed their configuration, and the room's
 * own configuration, in this order. Who left and came again did both.
 *
 * @param after undefined when the room is gone: everybody left
 */
export function changesOf(
  before: RoomState,
  after: RoomState | undefined,
  now: EpochMs,
): readonly RoomEvent[] {
  const events: RoomEvent[] = [];
  for (const [profileId, { membership }] of before.members) {
    if (after?.members.get(profileId)?.membership !== membership) {
      events.push(removed(profileId, now));
    }
  }
  if (after === undefined) return events;
  for (const [profileId, { membership, configuration }] of after.members) {
    const known = before.members.get(profileId);
    if (known?.membership === membership && known.configuration === configuration) continue;
    const detail = `{"profile_id":${JSON.stringify(profileId)},"config":${configuration}}`;
    events.push({ kind: "room_member_updated", frame: frameOf("room_member_updated", now, detail) });
  }
  if (after.configuration !== before.configuration) {
    const detail = `{"room_id":${JSON.stringify(after.publicId)},"config":${after.configuration}}`;
    events.push({ kind: "room_updated", frame: frameOf("room_updated", now, detail) });
  }
  return events;
}

function removed(profileId: string, now: EpochMs): RoomEvent {
  const detail = `{"profile_id":${JSON.stringify(profileId)}}`;
  return { kind: "room_member_removed", frame: frameOf("room_member_removed", now, detail) };
}

function frameOf(kind: RoomEventKind, at: EpochMs, detail: string): string {
  return `{"kind":"${kind}","timestamp":"${new Date(at).toISOString()}","${kind}":${detail}}`;
}
