import { expectError } from "../answers.ts";
import { type Check, expectSame, Mismatch } from "../check.ts";
import type { Kit } from "../kit.ts";
import { PING, PONG, TEXT } from "../socket.ts";
import { frameOf } from "./writes.ts";

const PATH = "/api/v1/data/real_time";

/** Long enough for a greeting, which a server would send at once. */
const SILENCE_MS = 300;

/** Connections in between are often cut after a minute of silence. */
const QUIET_SECONDS = 70;

/** A client goes offline after 30 s of silence. */
const STEADY_SECONDS = 25;

/** Writes one reading and looks at its frame. */
async function oneFrame(
  kit: Kit,
  query: string,
  rate: number,
): Promise<{ readonly time: number; readonly text: string }> {
  const socket = await kit.hear(query);
  const time = await kit.write(rate);
  const text = await socket.text();
  socket.end();
  return { time, text };
}

export const LIVE_CHECKS: readonly Check[] = [
  ...["", "response_mode=json"].map(
    (query): Check => ({
      id: query === "" ? "live.json" : "live.json-mode",
      source: "documentation",
      sentence: `Without ${query === "" ? "a response_mode" : "another mode than json"} a frame is compact JSON in the documented order.`,
      run: async (kit) => {
        const { time, text } = await oneFrame(kit, query, 86);
        expectSame("the frame", text, frameOf(time, 86));
      },
    }),
  ),
  {
    id: "live.plain",
    source: "documentation",
    sentence: "With response_mode=text_plain_only_heart_rate a frame is bare digits.",
    run: async (kit) => {
      const { text } = await oneFrame(kit, "response_mode=text_plain_only_heart_rate", 87);
      expectSame("the frame", text, "87");
    },
  },
  {
    id: "live.legacy",
    source: "documentation",
    sentence: "With response_mode=legacy_json a frame says timestamp and heartRate.",
    run: async (kit) => {
      const { time, text } = await oneFrame(kit, "response_mode=legacy_json", 88);
      expectSame("the frame", text, `{"timestamp":${time},"data":{"heartRate":88}}`);
    },
  },
  {
    id: "live.no-greeting",
    source: "official client",
    sentence: "A socket says nothing before a reading: any text frame marks the client online.",
    run: async (kit) => {
      const socket = await kit.hear();
      const frame = await socket.next(SILENCE_MS);
      socket.end();
      if (frame !== undefined) throw new Mismatch("the stream", "nothing", frame.payload.toString());
    },
  },
  {
    id: "live.whole-text-frames",
    source: "shipped clients",
    sentence: "A reading is one uncompressed text frame, never a binary one.",
    run: async (kit) => {
      const socket = await kit.hear();
      await kit.write(89);
      const frame = await socket.next();
      socket.end();
      const got = frame && { opcode: frame.opcode, isFinal: frame.isFinal, isCompressed: frame.isCompressed };
      expectSame("the frame", got, { opcode: TEXT, isFinal: true, isCompressed: false });
    },
  },
  {
    id: "live.no-unasked-compression",
    source: "shipped clients",
    sentence: "permessage-deflate is not agreed upon unless the client offered it.",
    run: async (kit) => {
      const socket = await kit.hear();
      socket.end();
      expectSame(
        "Sec-WebSocket-Extensions",
        socket.handshake.headers.get("sec-websocket-extensions"),
        undefined,
      );
    },
  },
  {
    id: "live.steady-pulse-is-sent",
    source: "official client",
    sentence: "A pulse that stays the same is still sent.",
    run: async (kit) => {
      const socket = await kit.hear("response_mode=text_plain_only_heart_rate");
      for (let beat = 0; beat < 3; beat++) await kit.write(90);
      const frames = [await socket.text(), await socket.text(), await socket.text()];
      socket.end();
      expectSame("the frames", frames, ["90", "90", "90"]);
    },
  },
  {
    id: "live.in-order",
    source: "documentation",
    sentence: "Readings are heard in the order in which they were answered.",
    run: async (kit) => {
      const socket = await kit.hear("response_mode=text_plain_only_heart_rate");
      const rates = Array.from({ length: 20 }, (_, place) => 100 + place);
      for (const rate of rates) await kit.write(rate);
      const frames: string[] = [];
      for (const _ of rates) frames.push(await socket.text());
      socket.end();
      expectSame("the frames", frames, rates.map(String));
    },
  },
  {
    id: "live.late-reading-is-heard",
    source: "documentation",
    sentence: "A single reading is always streamed, also one that was measured long ago.",
    run: async (kit) => {
      const socket = await kit.hear();
      const time = await kit.write(91, Date.now() - 86_400_000 - Math.floor(Math.random() * 1e9));
      const text = await socket.text();
      socket.end();
      expectSame("the frame", text, frameOf(time, 91));
    },
  },
  {
    id: "live.query-token",
    source: "documentation",
    sentence: "The socket takes the token as the query's access_token.",
    run: async (kit) => {
      const query = `access_token=${kit.tokenFor("data:heart_rate:read")}`;
      (await kit.listen(PATH, { query })).end();
    },
  },
  {
    id: "live.refused-before-upgrade",
    source: "shipped clients",
    sentence: "A refused token is a plain 401 with a JSON body before the upgrade, never a close frame.",
    run: async (kit) => {
      const socket = await kit.socket(PATH, { token: crypto.randomUUID() });
      socket.end();
      expectError(socket.handshake, { status: 401, code: 7005 });
    },
  },
  {
    id: "live.needs-upgrade",
    source: "Heartwire",
    sentence: "Without an Upgrade header it is 426 with a JSON body.",
    run: async (kit) => {
      const token = kit.tokenFor("data:heart_rate:read");
      expectError(await kit.call("GET", PATH, { token }), { status: 426 });
    },
  },
  {
    id: "live.answers-pings",
    source: "shipped clients",
    sentence: "A client's ping is answered with a pong of the same content.",
    run: async (kit) => {
      const socket = await kit.hear();
      socket.send(PING, "heart");
      const frame = await socket.any();
      socket.end();
      expectSame("the frame", frame && { opcode: frame.opcode, text: frame.payload.toString() }, {
        opcode: PONG,
        text: "heart",
      });
    },
  },
  {
    id: "live.ignores-text",
    source: "shipped clients",
    sentence: "What a client says is ignored.",
    run: async (kit) => {
      const socket = await kit.hear("response_mode=text_plain_only_heart_rate");
      socket.send(TEXT, '{"type":"ping"}');
      await kit.write(92);
      const text = await socket.text();
      socket.end();
      expectSame("the next frame", text, "92");
    },
  },
  {
    id: "live.stays-open-in-silence",
    source: "official client",
    sentence: `A listener who answers pings stays connected through ${QUIET_SECONDS} s without a reading, and hears no text meanwhile.`,
    isSlow: true,
    run: async (kit) => {
      const socket = await kit.hear("response_mode=text_plain_only_heart_rate");
      const frame = await socket.next((kit.options.quietSeconds ?? QUIET_SECONDS) * 1_000);
      if (frame !== undefined) throw new Mismatch("the stream", "nothing", frame.payload.toString());
      await kit.write(93);
      const text = await socket.text();
      socket.end();
      expectSame("the next frame", text, "93");
    },
  },
  {
    id: "live.steady-pulse-of-30-s",
    source: "official client",
    sentence: `A reading every ${STEADY_SECONDS} s keeps a client online: each is heard within a second.`,
    isSlow: true,
    run: async (kit) => {
      const socket = await kit.hear("response_mode=text_plain_only_heart_rate");
      for (let beat = 0; beat < 3; beat++) {
        await kit.write(94);
        expectSame("the frame", await socket.text(1_000), "94");
        if (beat < 2) await Bun.sleep((kit.options.steadySeconds ?? STEADY_SECONDS) * 1_000);
      }
      socket.end();
    },
  },
];
