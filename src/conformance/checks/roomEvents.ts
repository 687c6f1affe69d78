import { area, type Need } from "../check.ts";
import { expectSame, expectThat } from "../expectations.ts";
import type { Kit } from "../kit.ts";
import { readingBody } from "../kit.ts";
import { holds, hook, otherHolds, ROOM } from "../needs.ts";
import { PATHS } from "../routes.ts";
import { enter, readingFrame } from "./rooms.ts";

const WRITE = "data:heart_rate:write";

/** How long a member who was removed may still be heard. */
const REMOVED_WITHIN_MS = 1_000;

/** What the operator does to the room; the second user is a member when each of them but `add-member` begins. */
type Step = "add-member" | "configure-room" | "configure-member" | "remove-member";

const KINDS = "?kinds=heart_rate,room_member_updated,room_member_removed,room_updated";

/** Lets the operator change the room. */
async function change(kit: Kit, step: Step, config?: object): Promise<void> {
  const member = kit.tokens.findOther([WRITE]);
  await kit.runHook("room change", kit.options.hooks?.roomChange, {
    CONFORMANCE_STEP: step,
    CONFORMANCE_ROOM: kit.options.room ?? "",
    CONFORMANCE_PROFILE: member?.profileId ?? "",
    ...(config === undefined ? {} : { CONFORMANCE_CONFIG: JSON.stringify(config) }),
  });
}

async function writeAsMember(kit: Kit, bpm: number): Promise<number> {
  const measuredAt = await kit.nextMoment();
  const token = kit.tokens.findOther([WRITE])?.token;
  const answer = await kit.ask({
    method: "POST",
    path: PATHS.write,
    token,
    body: readingBody(measuredAt, bpm),
  });
  expectThat(answer.status === 200, "200 for a reading of the other member", `${answer.status}`);
  return measuredAt;
}

/** An event's frame to the byte, but for the time at which it happened. */
function expectEvent(frame: string, kind: string, detail: object): void {
  const timestamp = /"timestamp":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"/.exec(frame)?.[1] ?? "<time>";
  expectSame(
    frame,
    `{"kind":"${kind}","timestamp":"${timestamp}","${kind}":${JSON.stringify(detail)}}`,
    "the frame ",
  );
}

const NEEDS: readonly Need[] = [ROOM, holds("data:room:read"), otherHolds(WRITE), hook("roomChange")];

/** What members of a room hear of each other and of the room. They need the operator, because Pulsoid documents no routes. */
export const ROOM_EVENTS = area(
  "room",
  "6 Rooms",
  [
    [
      "other-member-is-heard",
      "The reading of another member is heard, under their profile_id.",
      async (kit) => {
        await change(kit, "add-member");
        using socket = await enter(kit);
        const measuredAt = await writeAsMember(kit, 156);
        const { profileId } = kit.tokens.findOther([WRITE]) ?? {};
        expectSame(await socket.text(), readingFrame(profileId ?? "", measuredAt, 156), "the frame ");
      },
    ],
    [
      "frame-room-updated",
      "A change of the room's configuration is a frame room_updated, to the byte.",
      async (kit) => {
        using socket = await enter(kit, KINDS);
        const config = { name: `Conformance ${Date.now()}` };
        await change(kit, "configure-room", config);
        expectEvent(await socket.text(), "room_updated", { room_id: kit.options.room, config });
      },
    ],
    [
      "frame-room-member-updated",
      "A change of a member's configuration is a frame room_member_updated, to the byte.",
      async (kit) => {
        await change(kit, "add-member");
        using socket = await enter(kit, KINDS);
        const config = { color: "red", at: Date.now() };
        await change(kit, "configure-member", config);
        const profileId = kit.tokens.findOther([WRITE])?.profileId;
        expectEvent(await socket.text(), "room_member_updated", { profile_id: profileId, config });
      },
    ],
    [
      "frame-room-member-removed",
      "The removal of a member is a frame room_member_removed, to the byte.",
      async (kit) => {
        await change(kit, "add-member");
        using socket = await enter(kit, "?kinds=room_member_removed");
        await change(kit, "remove-member");
        const profileId = kit.tokens.findOther([WRITE])?.profileId;
        expectEvent(await socket.text(), "room_member_removed", { profile_id: profileId });
      },
    ],
    [
      "kinds-default",
      "A listener that asks for no kinds hears heart rates and nothing else.",
      async (kit) => {
        using socket = await enter(kit);
        using every = await enter(kit, KINDS);
        await change(kit, "configure-room", { name: `Conformance ${Date.now()}` });
        await every.text();
        await kit.write(157);
        const frame = JSON.parse(await socket.text()) as { readonly kind?: string };
        expectSame(frame.kind, "heart_rate", "a frame of the kind ");
      },
    ],
    [
      "removed-member-is-not-heard",
      "A member who was removed is not heard any more, from a second after it at the latest.",
      async (kit) => {
        await change(kit, "add-member");
        using socket = await enter(kit);
        await change(kit, "remove-member");
        await kit.pause(REMOVED_WITHIN_MS);
        await writeAsMember(kit, 158);
        await kit.write(159);
        const heard: string[] = [];
        while (!heard.at(-1)?.includes('"bpm":159')) heard.push(await socket.text());
        const theirs = heard.find((frame) => frame.includes('"bpm":158'));
        expectThat(theirs === undefined, "no reading of the removed member", theirs ?? "");
      },
    ],
  ],
  NEEDS,
);
