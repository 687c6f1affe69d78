import { area } from "../check.ts";
import type { LiveSocket } from "../client/liveSocket.ts";
import { expectError, expectSame, expectThat } from "../expectations.ts";
import type { Kit } from "../kit.ts";
import { holds, OTHER_ROOM, ROOM } from "../needs.ts";
import { NOBODY } from "../routes.ts";
import { expectIgnored, expectPlainText } from "./live.ts";
import { AHEAD_MS, expectAboutNow } from "./write.ts";

const SECTION = "6 Rooms";
const SCOPE = "data:room:read";

export function roomPath(room: string | undefined, query = ""): string {
  return `/api/v2/data/rooms/${room}/real_time${query}`;
}

/** Listens to the room as the test user. */
export function enter(kit: Kit, query = ""): Promise<LiveSocket> {
  return kit.listen({ path: roomPath(kit.options.room, query), token: kit.token([SCOPE]) });
}

/** The frame of a reading, to the byte. */
export function readingFrame(profileId: string, measuredAt: number, bpm: number): string {
  const timestamp = new Date(measuredAt).toISOString();
  return `{"kind":"heart_rate","timestamp":"${timestamp}","heart_rate":{"profile_id":${JSON.stringify(profileId)},"bpm":${bpm}}}`;
}

export const ROOMS = area(
  "room",
  SECTION,
  [
    [
      "frame-heart-rate",
      "A member's reading is a frame of compact JSON with its keys in the documented order.",
      async (kit) => {
        using socket = await enter(kit);
        const measuredAt = await kit.write(151);
        expectSame(await socket.text(), readingFrame(kit.tokens.profileId, measuredAt, 151), "the frame ");
      },
      { needs: [ROOM] },
    ],
    [
      "frames-are-plain-text",
      "The frames of a room are whole text frames, not compressed.",
      async (kit) => {
        using socket = await enter(kit);
        await kit.write(152);
        expectPlainText(await socket.next());
      },
      { needs: [ROOM] },
    ],
    [
      "kinds-unknown-ignored",
      "Unknown kinds among those that are asked for are ignored.",
      async (kit) => {
        using socket = await enter(kit, "?kinds=dance,heart_rate,sleep");
        const measuredAt = await kit.write(153);
        expectSame(await socket.text(), readingFrame(kit.tokens.profileId, measuredAt, 153), "the frame ");
      },
      { needs: [ROOM] },
    ],
    [
      "kinds-only-asked-for",
      "A listener that did not ask for heart_rate hears no heart rate.",
      async (kit) => {
        using socket = await enter(kit, "?kinds=room_updated");
        using hears = await enter(kit);
        await kit.write(154);
        await hears.text();
        await socket.ping("is anything there");
        expectThat(socket.unread === 0, "no frame", `${socket.unread} frames`);
      },
      { needs: [ROOM] },
    ],
    [
      "timestamp-is-effective",
      "The timestamp of a reading whose measured_at is in the future is that of its arrival.",
      async (kit) => {
        using socket = await enter(kit);
        await kit.write(155, Date.now() + AHEAD_MS);
        const frame = JSON.parse(await socket.text()) as { readonly timestamp?: string };
        expectAboutNow(kit, Date.parse(frame.timestamp ?? ""));
      },
      { needs: [ROOM] },
    ],
    [
      "client-texts-are-ignored",
      "Text frames to the socket of a room are ignored.",
      async (kit) => {
        using socket = await enter(kit);
        await expectIgnored(kit, socket);
        const frame = await socket.text();
        expectThat(frame.includes('"bpm":101'), "the next reading", frame);
      },
      { needs: [ROOM], isOurs: true },
    ],
    [
      "upgrade-missing",
      "The rooms socket's path answers a plain GET of a member with 426 in JSON.",
      async (kit) => {
        const path = roomPath(kit.options.room);
        expectError(await kit.ask({ path, token: kit.token([SCOPE]) }), { status: 426 });
      },
      { needs: [ROOM], isOurs: true },
    ],
    [
      "no-such-room",
      "A room that is not there is a 404 in JSON, before there is a socket.",
      async (kit) => {
        const { answer, socket } = await kit.handshake({ path: roomPath(NOBODY), token: kit.token([SCOPE]) });
        using _closed = socket;
        expectError(answer, { status: 404 });
      },
    ],
    [
      "not-a-member",
      "Somebody who is no member of a room is answered 403 in JSON, before there is a socket.",
      async (kit) => {
        const path = roomPath(kit.options.otherRoom);
        const { answer, socket } = await kit.handshake({ path, token: kit.token([SCOPE]) });
        using _closed = socket;
        expectError(answer, { status: 403 });
      },
      { needs: [OTHER_ROOM] },
    ],
  ],
  [holds(SCOPE)],
);
