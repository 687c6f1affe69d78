import { OPCODE } from "../../../../src/conformance/client/frames.ts";
import { made, type Passed, textFrame } from "../mutatingProxy.ts";
import { answering, asking, codeOf, ids, saying, type WrongServer } from "../wrongServer.ts";

const isRoom = ({ path }: Passed) => /^\/api\/v2\/data\/rooms\/[^/]+\/real_time$/.test(path);
const EVERY_KIND = "heart_rate,room_member_updated,room_member_removed,room_updated";

const notFound = '{"error_code":8004,"error_message":"not found"}';
const forbidden = '{"error_code":8010,"error_message":"forbidden"}';

/** Every frame of a reading that is compared to the byte. */
const READINGS = ["frame-heart-rate", "kinds-unknown-ignored", "other-member-is-heard"] as const;

function withKinds(change: (kinds: string | null) => string | null) {
  return asking((request) => {
    if (!isRoom(request)) return request;
    const query = new URLSearchParams(request.query);
    const kinds = change(query.get("kinds"));
    if (kinds !== null) query.set("kinds", kinds);
    return { ...request, query };
  });
}

/** Changes the frames of one kind of event. */
const telling = (kind: string, change: (text: string) => string | undefined) =>
  saying(isRoom, (text) => (text.startsWith(`{"kind":"${kind}"`) ? change(text) : text));

export const ROOM_FAULTS: readonly WrongServer[] = [
  {
    breaks: "writes a member's reading in another order",
    fails: ids(["room"], ...READINGS),
    fault: () => telling("heart_rate", (text) => text.replace(/("profile_id":"[^"]*"),("bpm":\d+)/, "$2,$1")),
  },
  {
    breaks: "sends binary frames to a room",
    fails: ["room.frames-are-plain-text"],
    fault: () => ({
      frame: (frame, request) =>
        frame.opcode === OPCODE.text && isRoom(request) ? [{ ...frame, opcode: OPCODE.binary }] : [frame],
    }),
  },
  {
    breaks: "refuses kinds that it does not know",
    fails: ["room.kinds-unknown-ignored"],
    fault: () => ({
      answer: (request, next) =>
        request.query.get("kinds")?.includes("dance")
          ? made(400, '{"error_code":8001,"error_message":"kinds"}')
          : next(request),
    }),
  },
  {
    breaks: "tells heart rates to everybody in a room",
    fails: ["room.kinds-only-asked-for"],
    fault: () => withKinds((kinds) => (kinds === "room_updated" ? "heart_rate,room_updated" : kinds)),
  },
  {
    breaks: "believes a clock that is ahead, in a room",
    fails: ["room.timestamp-is-effective"],
    fault: () =>
      telling("heart_rate", (text) =>
        text.includes('"bpm":155}')
          ? text.replace(/"20\d\d-[^"]*"/, `"${new Date(Date.now() + 7_200_000).toISOString()}"`)
          : text,
      ),
  },
  {
    breaks: "answers what the members of a room say",
    fails: ["room.client-texts-are-ignored"],
    fault: () => ({
      reply: ({ opcode }, request) => (opcode === OPCODE.text && isRoom(request) ? [textFrame("what?")] : []),
    }),
  },
  {
    breaks: "answers 400 to a member without an upgrade",
    fails: ["room.upgrade-missing"],
    fault: () => answering(isRoom, (answer) => (answer.status === 426 ? made(400, notFound) : answer)),
  },
  {
    breaks: "says of a room that is not there that one may not enter",
    fails: ["room.no-such-room"],
    fault: () => answering(isRoom, (answer) => (codeOf(answer) === 8004 ? made(403, forbidden) : answer)),
  },
  {
    breaks: "hides rooms of others",
    fails: ["room.not-a-member"],
    fault: () => answering(isRoom, (answer) => (answer.status === 403 ? made(404, notFound) : answer)),
  },
  {
    breaks: "tells other members' readings under the listener's id",
    fails: ["room.other-member-is-heard"],
    fault: () =>
      telling("heart_rate", (text) =>
        text.includes('"bpm":156}') ? text.replace(/"profile_id":"[^"]*"/, '"profile_id":"me"') : text,
      ),
  },
  {
    breaks: "calls a room's id id",
    fails: ["room.frame-room-updated"],
    fault: () => telling("room_updated", (text) => text.replace('"room_id"', '"id"')),
  },
  {
    breaks: "leaves out the configuration of a member",
    fails: ["room.frame-room-member-updated"],
    fault: () => telling("room_member_updated", (text) => text.replace(/,"config":\{[^}]*\}/, "")),
  },
  {
    breaks: "does not tell that a member was removed",
    fails: ["room.frame-room-member-removed"],
    fault: () => telling("room_member_removed", () => undefined),
  },
  {
    breaks: "tells everything to who asks for nothing",
    fails: ["room.kinds-default"],
    fault: () => withKinds((kinds) => kinds ?? EVERY_KIND),
  },
  {
    breaks: "lets a removed member be heard",
    fails: ["room.frame-room-member-removed", "room.removed-member-is-not-heard"],
    hooks: (hooks) => ({
      ...hooks,
      roomChange: async (details) => {
        if (details.CONFORMANCE_STEP !== "remove-member") await hooks.roomChange?.(details);
      },
    }),
  },
];
