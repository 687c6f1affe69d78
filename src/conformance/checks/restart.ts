import { area, type Rule } from "../check.ts";
import type { Answer } from "../client/answer.ts";
import { NoAnswer } from "../client/connection.ts";
import type { LiveSocket } from "../client/liveSocket.ts";
import { expectSame, expectThat, Mismatch, shown } from "../expectations.ts";
import type { Kit, Shown } from "../kit.ts";
import { holds, hook, ROOM } from "../needs.ts";
import { PATHS } from "../routes.ts";
import { enter } from "./rooms.ts";

const SECTION = "5 GET /api/v1/data/real_time (restarts)";

/** How long a server may take to be back after its operator says that it is. */
const BACK_WITHIN_MS = 30_000;
const ASK_EVERY_MS = 25;

/** What was seen when the server was restarted, which is done only once. */
interface Restart {
  readonly liveCode: number | undefined;
  readonly roomCode: number | undefined;
  readonly before: Shown;
  readonly after: Shown;
  /** Every answer to token/validate from the beginning to the end, as official clients ask before they connect. */
  readonly answers: readonly Answer[];
  /** The frame of the first reading after it, on a new socket. */
  readonly frame: string;
}

function restart(kit: Kit): Promise<Restart> {
  return kit.once("restart", async () => {
    const before = { measuredAt: await kit.write(161), bpm: 161 };
    using live = await kit.hear();
    using room =
      kit.options.room !== undefined && kit.tokens.find(["data:room:read"]) ? await enter(kit) : undefined;
    const answers: Answer[] = [];
    const asking = new AbortController();
    const asked = keepAsking(kit, answers, asking.signal);
    try {
      await kit.runHook("restart", kit.options.hooks?.restart);
      await untilBack(kit);
    } finally {
      asking.abort();
      await asked;
    }
    const code = async (socket: typeof live | undefined) =>
      (await socket?.closed().catch(() => undefined))?.code;
    const [liveCode, roomCode] = [await code(live), await code(room)];
    const after = await kit.latest();
    using again = await kit.hear("?response_mode=text_plain_only_heart_rate");
    await kit.write(162);
    return { liveCode, roomCode, before, after, answers, frame: await heard(again) };
  });
}

/** The next frame, or why there is none: what else was seen stays seen. */
export function heard(socket: LiveSocket): Promise<string> {
  return socket.text().catch((error: Error) => error.message);
}

/** Asks as clients do that come back, and keeps what is answered; while nobody is there, nothing is. */
async function keepAsking(kit: Kit, answers: Answer[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const answer = await kit
      .ask({ path: PATHS.validate, token: kit.tokens.read.token })
      .catch(() => undefined);
    if (answer !== undefined) answers.push(answer);
    await Bun.sleep(ASK_EVERY_MS);
  }
}

async function untilBack(kit: Kit): Promise<void> {
  const until = performance.now() + BACK_WITHIN_MS;
  while (performance.now() < until) {
    const answer = await kit.ask({ path: PATHS.latest, token: kit.tokens.read.token }).catch(() => undefined);
    if (answer?.status === 200) return;
    await kit.pause(ASK_EVERY_MS);
  }
  throw new NoAnswer(
    `the server was not back ${BACK_WITHIN_MS / 1000} s after the hook for a restart had ended`,
  );
}

function expectGoingAway(code: number | undefined): void {
  if (code === undefined) throw new Mismatch("the close code 1001 or 1012", "an open socket");
  expectThat(code === 1001 || code === 1012, "the close code 1001 or 1012", `${code}`);
}

const rules: readonly Rule[] = [
  [
    "closes-live-socket",
    "A server that stops closes live sockets with 1001 or 1012, never with 1000.",
    async (kit) => expectGoingAway((await restart(kit)).liveCode),
  ],
  [
    "closes-room-socket",
    "A server that stops closes rooms sockets with 1001 or 1012, never with 1000.",
    async (kit) => expectGoingAway((await restart(kit)).roomCode),
    { needs: [ROOM, holds("data:room:read")] },
  ],
  [
    "never-401",
    "While a server restarts nobody's good token is answered 401, which would sign them out for good.",
    async (kit) => {
      const wrong = (await restart(kit)).answers.find(({ status }) => status === 401);
      expectThat(wrong === undefined, "no 401", wrong === undefined ? "" : shown(wrong));
    },
  ],
  [
    "json-only",
    "Whatever is answered while a server restarts is JSON: anything else makes the official client give up.",
    async (kit) => {
      const wrong = (await restart(kit)).answers.find(({ isJson }) => !isJson);
      expectThat(wrong === undefined, "nothing but JSON", wrong === undefined ? "" : shown(wrong));
    },
  ],
  [
    "keeps-readings",
    "A reading that was answered 200 is still there after a restart.",
    async (kit) => {
      const { before, after } = await restart(kit);
      expectSame(JSON.stringify(after), JSON.stringify(before), "the latest reading ");
    },
  ],
  [
    "listens-again",
    "After a restart the same token opens a live socket again, and readings are heard.",
    async (kit) => expectSame((await restart(kit)).frame, "162", "the frame "),
  ],
];

export const RESTART = area("restart", SECTION, rules, [hook("restart")]);
