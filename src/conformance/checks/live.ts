import { area } from "../check.ts";
import { type Frame, OPCODE } from "../client/frames.ts";
import type { LiveSocket } from "../client/liveSocket.ts";
import { expectSame, expectStatus, expectThat } from "../expectations.ts";
import { type Kit, readingBody } from "../kit.ts";
import { otherHolds } from "../needs.ts";
import { PATHS } from "../routes.ts";

const SECTION = "5 GET /api/v1/data/real_time";
const PLAIN = "?response_mode=text_plain_only_heart_rate";

/** The bytes of the frame that a new reading makes. */
async function expectFrame(
  kit: Kit,
  query: string,
  bpm: number,
  frame: (measuredAt: number) => string,
): Promise<void> {
  using socket = await kit.hear(query);
  const measuredAt = await kit.write(bpm);
  expectSame(await socket.text(), frame(measuredAt), "the frame ");
}

/** One whole text frame, not compressed. */
export function expectPlainText({ opcode, isFinal, isCompressed }: Frame): void {
  const name = Object.entries(OPCODE).find(([, code]) => code === opcode)?.[0] ?? `opcode ${opcode}`;
  const got = `${isFinal ? "a whole" : "a part of a"} ${isCompressed ? "compressed " : ""}${name} frame`;
  expectSame(got, "a whole text frame");
}

/** What clients say is ignored: the socket stays, and says nothing but the next reading. */
export async function expectIgnored(kit: Kit, socket: LiveSocket): Promise<void> {
  socket.send(OPCODE.text, '{"type":"ping"}');
  socket.send(OPCODE.text, "hello");
  // Whatever was said to it, the server has heard by the time it answers this.
  await socket.ping("after the texts");
  expectThat(socket.unread === 0, "no frame in answer to a text frame", `${socket.unread} frames`);
  await kit.write(101);
}

export const LIVE = area("live", SECTION, [
  [
    "frame-json",
    "The frame of a reading is compact JSON with its keys in the documented order.",
    (kit) => expectFrame(kit, "", 102, (at) => readingBody(at, 102)),
  ],
  [
    "frame-json-by-name",
    "On the live socket response_mode=json is the same as none.",
    (kit) => expectFrame(kit, "?response_mode=json", 103, (at) => readingBody(at, 103)),
  ],
  [
    "frame-plain",
    "With response_mode=text_plain_only_heart_rate the frame is bare digits.",
    (kit) => expectFrame(kit, PLAIN, 104, () => "104"),
  ],
  [
    "frame-legacy",
    "With response_mode=legacy_json the frame is the older JSON, to the byte.",
    (kit) =>
      expectFrame(
        kit,
        "?response_mode=legacy_json",
        105,
        (at) => `{"timestamp":${at},"data":{"heartRate":105}}`,
      ),
  ],
  [
    "frames-are-plain-text",
    "Each reading is one whole text frame: not binary, not in parts, not compressed.",
    async (kit) => {
      for (const query of ["", PLAIN, "?response_mode=legacy_json"]) {
        using socket = await kit.hear(query);
        await kit.write(106);
        expectPlainText(await socket.next());
      }
    },
  ],
  [
    "no-compression-unasked",
    "No extension, such as permessage-deflate, is chosen that the client did not offer.",
    async (kit) => {
      const { answer, socket } = await kit.handshake({ path: PATHS.live, token: kit.tokens.read.token });
      using _closed = socket;
      expectSame(answer.status, 101);
      expectThat(
        answer.header("sec-websocket-extensions") === undefined,
        "no Sec-WebSocket-Extensions",
        `Sec-WebSocket-Extensions: ${answer.header("sec-websocket-extensions")}`,
      );
    },
  ],
  [
    "no-greeting",
    "Nothing is sent before the first reading: any text frame makes a client think that the pulse is there.",
    async (kit) => {
      using socket = await kit.hear(PLAIN);
      await socket.ping("is anything there");
      await kit.write(107);
      expectSame(await socket.text(), "107", "the first frame ");
    },
  ],
  [
    "every-reading-in-order",
    "Every reading is heard once, in the order in which they were written.",
    async (kit) => {
      using socket = await kit.hear(PLAIN);
      const rates = Array.from({ length: 20 }, (_, index) => 110 + index);
      for (const rate of rates) await kit.write(rate);
      expectSame((await socket.texts(rates.length)).join(" "), rates.join(" "), "the frames ");
      await socket.ping("is anything more there");
      expectThat(socket.unread === 0, "no further frame", `${socket.unread} more`);
    },
  ],
  [
    "steady-pulse-is-sent",
    "A pulse that stays the same is still sent, reading by reading: clients go offline after 30 s of silence.",
    async (kit) => {
      using socket = await kit.hear(PLAIN);
      for (let sent = 0; sent < 5; sent++) await kit.write(130);
      expectSame((await socket.texts(5)).join(" "), "130 130 130 130 130", "the frames ");
    },
  ],
  [
    "late-reading-is-heard",
    "A reading that was measured earlier than the latest is heard too: one frame a reading.",
    async (kit) => {
      await kit.write(131);
      using socket = await kit.hear();
      const measuredAt = await kit.write(132, kit.moments.past());
      expectSame(await socket.text(), readingBody(measuredAt, 132), "the frame ");
    },
  ],
  [
    "every-listener-hears",
    "Several listeners of one user hear each reading, each in the form that it asked for.",
    async (kit) => {
      using first = await kit.hear(PLAIN);
      using second = await kit.hear(PLAIN);
      using third = await kit.hear();
      const measuredAt = await kit.write(133);
      expectSame(await first.text(), "133", "the frame ");
      expectSame(await second.text(), "133", "the frame ");
      expectSame(await third.text(), readingBody(measuredAt, 133), "the frame ");
    },
  ],
  [
    "nobody-else-is-heard",
    "A reading of another user is not heard.",
    async (kit) => {
      using socket = await kit.hear(PLAIN);
      const token = kit.tokens.findOther(["data:heart_rate:write"])?.token;
      const body = readingBody(await kit.nextMoment(), 134);
      expectStatus(await kit.ask({ method: "POST", path: PATHS.write, token, body }), 200);
      await kit.write(135);
      expectSame(await socket.text(), "135", "the frame ");
    },
    { needs: [otherHolds("data:heart_rate:write")] },
  ],
  [
    "client-pings-are-answered",
    "A client's ping is answered by a pong with the same payload.",
    async (kit) => {
      using socket = await kit.hear();
      await socket.ping("one");
      await socket.ping("");
    },
  ],
  [
    "client-texts-are-ignored",
    "A client's text frames are ignored: no answer, and the readings go on.",
    async (kit) => {
      using socket = await kit.hear(PLAIN);
      await expectIgnored(kit, socket);
      expectSame(await socket.text(), "101", "the frame ");
    },
  ],
  [
    "426-names-websocket",
    "The 426 names the protocol to upgrade to in its Upgrade header.",
    async (kit) => {
      const answer = await kit.ask({ path: PATHS.live, token: kit.tokens.read.token });
      const header = answer.header("upgrade") ?? "not there";
      expectThat(/\bwebsocket\b/i.test(header), "Upgrade: websocket", `Upgrade: ${header}`);
    },
  ],
]);
