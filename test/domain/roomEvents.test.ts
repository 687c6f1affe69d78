import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { EpochMs } from "../../src/domain/reading.ts";
import { changesOf, parseKinds, type RoomState } from "../../src/domain/roomEvents.ts";

const NOON = Date.UTC(2024, 2, 1, 12) as EpochMs;

/** A room whose members and configurations are few, so that two of them have much in common. */
const state = fc
  .tuple(
    fc.constantFrom("{}", '{"name":"Race"}'),
    fc.dictionary(
      fc.constantFrom("anna", "ben", "carl", "dora"),
      fc.record({
        membership: fc.integer({ min: 1, max: 3 }),
        configuration: fc.constantFrom("{}", '{"color":"red"}'),
      }),
    ),
  )
  .map(
    ([configuration, members]): RoomState => ({
      publicId: "room",
      configuration,
      members: new Map(Object.entries(members)),
    }),
  );

/** What a listener believes who hears the changes. */
function told(before: RoomState, after: RoomState | undefined) {
  const members = new Map([...before.members].map(([id, { configuration }]) => [id, configuration]));
  let { configuration } = before;
  for (const { frame } of changesOf(before, after, NOON)) {
    const event = JSON.parse(frame);
    const detail = event[event.kind];
    if (event.kind === "room_member_removed") members.delete(detail.profile_id);
    if (event.kind === "room_member_updated") members.set(detail.profile_id, JSON.stringify(detail.config));
    if (event.kind === "room_updated") configuration = JSON.stringify(detail.config);
  }
  return { members, configuration };
}

describe("the changes of a room", () => {
  test("whatever happened, a listener who is told knows the room as it is", () => {
    fc.assert(
      fc.property(state, state, (before, after) => {
        const members = new Map([...after.members].map(([id, { configuration }]) => [id, configuration]));
        expect(told(before, after)).toEqual({ members, configuration: after.configuration });
      }),
    );
  });

  test("where nothing happened nothing is told", () => {
    fc.assert(fc.property(state, (same) => expect(changesOf(same, same, NOON)).toEqual([])));
  });

  test("of a room that is gone are that everybody left", () => {
    fc.assert(fc.property(state, (before) => expect(told(before, undefined).members.size).toBe(0)));
  });
});

test("kinds are separated by commas, with spaces or without; unknown ones are left out", () => {
  expect(parseKinds(undefined)).toEqual(["heart_rate"]);
  expect(parseKinds(" ")).toEqual(["heart_rate"]);
  expect(parseKinds("room_updated, heart_rate,room_updated,x")).toEqual(["heart_rate", "room_updated"]);
  expect(parseKinds("x")).toEqual([]);
});
