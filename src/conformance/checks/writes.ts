import { expectBody, expectError } from "../answers.ts";
import { type Check, expectMatch, expectSame, Mismatch } from "../check.ts";
import { type Kit, parseObject } from "../kit.ts";

/** Longer than a reading needs to be streamed after it was answered. */
const SILENCE_MS = 300;

const body = (measured_at: unknown, data: unknown) => JSON.stringify({ measured_at, data });

/** Bodies that are not the shape of a reading, and how they are told in a sentence. */
const REFUSED: readonly (readonly [
  id: string,
  what: string,
  body: (time: number) => string | Uint8Array<ArrayBuffer>,
])[] = [
  ["no-body", "no body", () => ""],
  ["no-json", "a body that is no JSON", () => "{"],
  ["no-utf8", "a body that is no UTF-8", () => Uint8Array.from([0x7b, 0xff, 0x7d])],
  ["array", "an array", () => "[]"],
  ["no-time", "a missing measured_at", () => '{"data":{"heart_rate":70}}'],
  ["no-data", "a missing data", (time) => `{"measured_at":${time}}`],
  ["no-rate", "a missing heart_rate", (time) => body(time, {})],
  ["text-rate", "a heart rate in a text", (time) => body(time, { heart_rate: "70" })],
  ["null-rate", "a heart rate of null", (time) => body(time, { heart_rate: null })],
  ["fractional-rate", "a fractional heart rate", (time) => body(time, { heart_rate: 70.5 })],
  ["fraction-below-zero", "a heart rate of -0.5", (time) => body(time, { heart_rate: -0.5 })],
  ["large-rate", "a heart rate over 65535", (time) => body(time, { heart_rate: 65_536 })],
  ["text-time", "a measured_at in a text", (time) => body(String(time), { heart_rate: 70 })],
  ["time-below-zero", "a measured_at below zero", () => body(-1, { heart_rate: 70 })],
  [
    "unsafe-time",
    "a measured_at beyond 2^53",
    () => '{"measured_at":9007199254740993,"data":{"heart_rate":70}}',
  ],
];

const refusals: readonly Check[] = REFUSED.map(([id, what, make]) => ({
  id: `write.refuses-${id}`,
  source: id === "no-utf8" ? "Heartwire" : "write page",
  sentence: `A write with ${what} is answered 400 with a JSON error.`,
  run: async (kit) => expectError(await kit.writeBody(make(kit.nextTime())), { status: 400 }),
}));

export const WRITE_CHECKS: readonly Check[] = [
  {
    id: "write.answers-empty-object",
    source: "shipped clients",
    sentence: "A write is answered 200 with an empty JSON object.",
    run: async (kit) => {
      const answer = await kit.writeBody(body(kit.nextTime(), { heart_rate: 70 }));
      expectBody(answer, "{}");
      expectMatch("the content type", answer.headers.get("content-type"), /^application\/json/);
    },
  },
  ...[0, -1].map(
    (rate): Check => ({
      id: rate === 0 ? "write.zero-leaves-no-trace" : "write.below-zero-leaves-no-trace",
      source: "write page",
      sentence: `A heart rate of ${rate} is answered 200, not stored and not streamed.`,
      run: async (kit) => {
        const time = await kit.write(71);
        const socket = await kit.hear();
        expectSame(
          "the status",
          (await kit.writeBody(body(kit.nextTime(), { heart_rate: rate }))).status,
          200,
        );
        const frame = await socket.next(SILENCE_MS);
        socket.end();
        if (frame !== undefined) throw new Mismatch("the stream", "nothing", frame.payload.toString());
        expectBody(await kit.latest(), `{"measured_at":${time},"data":{"heart_rate":71}}`);
      },
    }),
  ),
  ...refusals,
  {
    id: "write.names-the-field",
    source: "Heartwire",
    sentence: "The error of a write that is not the shape names the field.",
    run: async (kit) => {
      const answer = await kit.writeBody(body(kit.nextTime(), { heart_rate: "70" }));
      expectMatch("the error message", answer.text, /heart_rate/);
    },
  },
  {
    id: "write.ignores-extra-fields",
    source: "write page",
    sentence: "Fields beside those of a reading are ignored.",
    run: async (kit) => {
      const time = kit.nextTime();
      const answer = await kit.writeBody(`{"x":1,"measured_at":${time},"data":{"heart_rate":72,"y":[]}}`);
      expectSame("the status", answer.status, 200);
      expectBody(await kit.latest(), `{"measured_at":${time},"data":{"heart_rate":72}}`);
    },
  },
  {
    id: "write.ignores-content-type",
    source: "shipped clients",
    sentence: "The declared content type of a write is not looked at.",
    run: async (kit) => {
      const answer = await kit.call("POST", "/api/v1/data", {
        token: kit.tokenFor("data:heart_rate:write"),
        headers: { "content-type": "text/plain" },
        body: body(kit.nextTime(), { heart_rate: 73 }),
      });
      expectSame("the status", answer.status, 200);
    },
  },
  {
    id: "write.rounds-time-down",
    source: "write page",
    sentence: "A fractional measured_at is rounded down.",
    run: async (kit) => {
      const time = kit.nextTime();
      const answer = await kit.writeBody(`{"measured_at":${time}.9,"data":{"heart_rate":74}}`);
      expectSame("the status", answer.status, 200);
      expectSame("the latest reading", await latestTime(kit), time);
    },
  },
  {
    id: "write.takes-microseconds",
    source: "shipped clients",
    sentence: "A measured_at of 1e14 or more is in microseconds.",
    run: async (kit) => {
      const time = kit.nextTime();
      const answer = await kit.writeBody(body(time * 1000 + 7, { heart_rate: 75 }));
      expectSame("the status", answer.status, 200);
      expectSame("the latest reading", await latestTime(kit), time);
    },
  },
  {
    id: "write.is-not-newer-than-its-arrival",
    source: "Heartwire",
    sentence: "A reading of a clock that is ahead counts from its arrival, and does not stay the latest.",
    run: async (kit) => {
      const now = kit.now();
      await kit.write(76, Math.floor(now + DAY_MS + Math.random() * DAY_MS));
      try {
        const shown = await latestTime(kit);
        if (typeof shown !== "number" || Math.abs(shown - kit.now()) > CLOCKS_MS) {
          throw new Mismatch("the time of the latest reading", "about now", shown);
        }
      } finally {
        // Whatever was found: later checks measure a moment ago, and want to be newer than this arrival.
        await kit.waitPast(kit.now());
      }
      await kit.write(77);
      expectMatch("the latest reading", (await kit.latest()).text, /"heart_rate":77/);
    },
  },
  {
    id: "write.same-reading-is-one",
    source: "Heartwire",
    sentence: "The same reading sent again is answered 200 and streamed once.",
    run: async (kit) => {
      const socket = await kit.hear();
      const time = await kit.write(78);
      await kit.write(78, time);
      const next = await kit.write(79);
      const frames = [await socket.text(), await socket.text()];
      socket.end();
      expectSame("the frames", frames, [frameOf(time, 78), frameOf(next, 79)]);
    },
  },
  {
    id: "write.first-rate-stays",
    source: "Heartwire",
    sentence: "A reading sent again with another heart rate keeps the first.",
    run: async (kit) => {
      const time = await kit.write(80);
      await kit.write(99, time);
      expectBody(await kit.latest(), frameOf(time, 80));
    },
  },
  {
    id: "write.token-before-body",
    source: "documentation",
    sentence: "The token is checked before the body.",
    run: async (kit) => {
      const answer = await kit.call("POST", "/api/v1/data", { token: crypto.randomUUID(), body: "{" });
      expectError(answer, { status: 401, code: 7005 });
    },
  },
];

const DAY_MS = 86_400_000;

/** Clocks of two machines may differ by this much. */
const CLOCKS_MS = 60_000;

export function frameOf(time: number, rate: number): string {
  return `{"measured_at":${time},"data":{"heart_rate":${rate}}}`;
}

async function latestTime(kit: Kit): Promise<unknown> {
  return parseObject((await kit.latest()).text)?.measured_at;
}
