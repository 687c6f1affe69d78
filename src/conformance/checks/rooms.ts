import { expectError } from "../answers.ts";
import { type Check, expectMatch, expectSame, Mismatch } from "../check.ts";
import type { Kit } from "../kit.ts";

const pathOf = (room: string) => `/api/v2/data/rooms/${room}/real_time`;

function listen(kit: Kit, query?: string) {
  const token = kit.tokenFor("data:room:read");
  return kit.listen(pathOf(kit.given("room")), { token, ...(query === undefined ? {} : { query }) });
}

const SILENCE_MS = 300;

export const ROOM_CHECKS: readonly Check[] = [
  {
    id: "room.heart-rate",
    source: "documentation",
    sentence: "A reading of a member is a frame of kind heart_rate, with the keys in the documented order.",
    run: async (kit) => {
      const socket = await listen(kit);
      const time = await kit.write(74);
      const text = await socket.text();
      socket.end();
      const timestamp = new Date(time).toISOString().replaceAll(".", "\\.");
      expectMatch(
        "the frame",
        text,
        new RegExp(
          `^\\{"kind":"heart_rate","timestamp":"${timestamp}","heart_rate":\\{"profile_id":"[^"]+","bpm":74\\}\\}$`,
        ),
      );
    },
  },
  {
    id: "room.kinds",
    source: "documentation",
    sentence: "kinds chooses what is heard; unknown ones are ignored.",
    run: async (kit) => {
      const others = await listen(kit, "kinds=room_updated,nonsense");
      const all = await listen(kit, "kinds=heart_rate,nonsense");
      await kit.write(75);
      const [heard, nothing] = [await all.text(), await others.next(SILENCE_MS)];
      for (const socket of [others, all]) socket.end();
      expectMatch("the frame for kinds=heart_rate", heard, /"bpm":75/);
      if (nothing !== undefined)
        throw new Mismatch("the stream for kinds=room_updated", "nothing", nothing.payload.toString());
    },
  },
  {
    id: "room.unknown",
    source: "Heartwire",
    sentence: "A room that is not there is 404 before the upgrade.",
    run: async (kit) => {
      const socket = await kit.socket(pathOf(crypto.randomUUID()), { token: kit.tokenFor("data:room:read") });
      socket.end();
      expectError(socket.handshake, { status: 404 });
    },
  },
  {
    id: "room.query-token",
    source: "documentation",
    sentence: "The rooms socket takes the token as the query's access_token.",
    run: async (kit) => {
      const query = `access_token=${kit.tokenFor("data:room:read")}`;
      const socket = await kit.listen(pathOf(kit.given("room")), { query });
      expectSame("the socket", socket.isOpen, true);
      socket.end();
    },
  },
  {
    id: "room.refused-before-upgrade",
    source: "documentation",
    sentence: "A refused token is a plain 401 with a JSON body before the upgrade.",
    run: async (kit) => {
      const socket = await kit.socket(pathOf(crypto.randomUUID()), { token: crypto.randomUUID() });
      socket.end();
      expectError(socket.handshake, { status: 401, code: 7005 });
    },
  },
];
