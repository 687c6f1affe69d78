import { area } from "../check.ts";
import { inSeconds, NoAnswer } from "../client/connection.ts";
import { expectSame, expectThat } from "../expectations.ts";
import type { Kit } from "../kit.ts";

const SECTION = "5 GET /api/v1/data/real_time (timing)";
const PLAIN = "?response_mode=text_plain_only_heart_rate";

/** The slow checks take as long as their times, and some patience. */
const SLOW_TIMEOUT_MS = 180_000;

export const SLOW = area("timing", SECTION, [
  [
    "steady-pulse",
    "The same heart rate, sent every few seconds for over 30 s, is heard each time and keeps a client online.",
    async (kit) => {
      const { steadyMs, steadyEveryMs } = kit.slowTimes;
      using socket = await kit.hear(PLAIN);
      for (let passed = 0; passed < steadyMs; passed += steadyEveryMs) {
        await kit.write(181);
        expectSame(await socket.text(), "181", "the frame ");
        await kit.pause(steadyEveryMs);
        expectThat(socket.unread === 0, "one frame a reading", `${socket.unread} more`);
      }
    },
    { isSlow: true, timeoutMs: SLOW_TIMEOUT_MS },
  ],
  [
    "quiet-socket",
    "A socket on which nothing happens for over a minute hears no text frame, stays open, and hears the next reading.",
    async (kit) => {
      using socket = await kit.hear(PLAIN);
      await expectQuiet(kit, socket);
      await kit.write(182);
      expectSame(await socket.text(), "182", "the frame ");
    },
    { isSlow: true, timeoutMs: SLOW_TIMEOUT_MS },
  ],
  [
    "client-pings",
    "A client that pings every few seconds has each ping answered, for half a minute.",
    async (kit) => {
      const { pingingMs, pingEveryMs } = kit.slowTimes;
      using socket = await kit.hear(PLAIN);
      for (let passed = 0; passed < pingingMs; passed += pingEveryMs) {
        await socket.ping(`after ${passed}`);
        await kit.pause(pingEveryMs);
      }
      expectThat(socket.unread === 0, "no text frame", `${socket.unread}`);
    },
    { isSlow: true, timeoutMs: SLOW_TIMEOUT_MS },
  ],
  [
    "no-hole-after-a-pause",
    "A listener that stops reading while a thousand readings are written hears each of them afterwards, or is cut: no stream with a hole.",
    // They fit the buffers of both systems: what a server does with a listener who holds up more is not seen.
    async (kit) => {
      const { readingsUnread } = kit.slowTimes;
      using socket = await kit.hear(PLAIN);
      socket.pause();
      const sent: string[] = [];
      for (let count = 0; count < readingsUnread; count++) {
        sent.push(String(60 + count));
        await kit.write(60 + count);
      }
      socket.resume();
      const heard: string[] = [];
      while (heard.length < sent.length) {
        const text = await socket.text().catch(() => undefined);
        if (text === undefined) break;
        heard.push(text);
      }
      const at = heard.findIndex((text, index) => text !== sent[index]);
      expectThat(at < 0, `${sent[at]} as frame ${at + 1}`, `${heard[at]}`);
      // Not everything came: then the stream must have an end.
      if (heard.length < sent.length) await socket.closed();
    },
    { isSlow: true, timeoutMs: SLOW_TIMEOUT_MS },
  ],
]);

/** @throws Mismatch when a frame comes, NoAnswer when the socket ends */
async function expectQuiet(kit: Kit, socket: Awaited<ReturnType<Kit["hear"]>>): Promise<void> {
  const { quietMs } = kit.slowTimes;
  const end = await socket.closed(quietMs).catch(() => undefined);
  if (end !== undefined)
    throw new NoAnswer(`the socket was closed with ${end.code} within ${inSeconds(quietMs)}`);
  expectThat(socket.unread === 0, "no text frame", `${socket.unread}`);
}
