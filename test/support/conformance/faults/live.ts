import { type Frame, OPCODE } from "../../../../src/conformance/client/frames.ts";
import {
  changed,
  closeFrame,
  type Fault,
  made,
  type Passed,
  textFrame,
  withHeaders,
} from "../mutatingProxy.ts";
import { answering, asking, ids, path, saying, type WrongServer, writtenBy } from "../wrongServer.ts";

const LIVE = "/api/v1/data/real_time";
const isLive = path(LIVE);
const mode = (wanted: string) => (request: Passed) =>
  isLive(request) && request.query.get("response_mode") === wanted;
const isPlain = mode("text_plain_only_heart_rate");

/** Everything that looks at the first frame that comes. */
const FIRST_FRAMES = [
  "frame-json",
  "frame-json-by-name",
  "frame-plain",
  "frame-legacy",
  "no-greeting",
  "every-reading-in-order",
  "steady-pulse-is-sent",
  "late-reading-is-heard",
  "every-listener-hears",
  "nobody-else-is-heard",
  "client-texts-are-ignored",
] as const;

const PLAIN_FRAMES = FIRST_FRAMES.filter(
  (name) => !["frame-json", "frame-json-by-name", "frame-legacy", "late-reading-is-heard"].includes(name),
);

/** What the checks of writing hear. */
const PLAIN_WRITES = [
  "zero-is-not-streamed",
  "negative-is-not-streamed",
  "same-reading-streamed-once",
  "future-reading-sent-again",
] as const;

/** Every check of the live socket that waits for the answer to a ping. */
const PINGING = ids(
  ["live"],
  "no-greeting",
  "every-reading-in-order",
  "client-pings-are-answered",
  "client-texts-are-ignored",
);

const TEXTS_IGNORED = [...ids(["live", "room"], "client-texts-are-ignored"), "link.socket-texts-are-ignored"];

/** Changes the frames of readings as such. */
function framing(change: Fault["frame"] & {}): Fault {
  return {
    frame: (frame, request) =>
      frame.opcode === OPCODE.text && isLive(request) ? change(frame, request) : [frame],
  };
}

/** Changes what a ping on a live socket is answered. */
function ponging(change: (frame: Frame) => readonly Frame[]): Fault {
  return {
    frame: (frame, request) => (frame.opcode === OPCODE.pong && isLive(request) ? change(frame) : [frame]),
  };
}

/** Leaves out the frame that is the same as the one before it. */
function onlyChanges(): Fault {
  const last = new WeakMap<Passed, string>();
  return framing((frame, request) => {
    const text = frame.payload.toString();
    const isSame = last.get(request) === text;
    last.set(request, text);
    return isSame ? [] : [frame];
  });
}

const FRAMES: readonly WrongServer[] = [
  {
    breaks: "writes frames with spaces",
    fails: ids(
      ["live"],
      "frame-json",
      "frame-json-by-name",
      "frame-legacy",
      "late-reading-is-heard",
      "every-listener-hears",
    ).concat("write.future-counts-from-arrival"),
    fault: () => saying(isLive, (text) => text.replaceAll(",", ", ")),
  },
  {
    breaks: "writes the keys of a frame in another order",
    fails: ids(
      ["live"],
      "frame-json",
      "frame-json-by-name",
      "late-reading-is-heard",
      "every-listener-hears",
    ).concat("write.future-counts-from-arrival"),
    fault: () => saying(isLive, (text) => text.replace(/^\{("measured_at":\d+),("data":.*)\}$/, "{$2,$1}")),
  },
  {
    breaks: "does not know response_mode=json",
    fails: ["live.frame-json-by-name"],
    fault: () => ({
      answer: (request, next) =>
        mode("json")(request)
          ? made(400, '{"error_code":8001,"error_message":"response_mode"}')
          : next(request),
    }),
  },
  {
    breaks: "ends a bare number with a newline",
    fails: [...ids(["live"], ...PLAIN_FRAMES), ...ids(["write"], ...PLAIN_WRITES)],
    fault: () => saying(isPlain, (text) => `${text}\n`),
  },
  {
    breaks: "writes the older JSON with a newer key",
    fails: ["live.frame-legacy"],
    fault: () => saying(isLive, (text) => text.replace("heartRate", "heart_rate")),
  },
  {
    breaks: "sends binary frames",
    fails: ["live.frames-are-plain-text"],
    fault: () => framing((frame) => [{ ...frame, opcode: OPCODE.binary }]),
  },
  {
    breaks: "compresses frames of a client that offered nothing",
    fails: ["live.frames-are-plain-text"],
    fault: () => framing((frame) => [{ ...frame, isCompressed: true }]),
  },
  {
    breaks: "sends the older JSON in two parts",
    fails: ["live.frames-are-plain-text", "live.frame-legacy"],
    fault: () =>
      framing((frame, request) =>
        mode("legacy_json")(request)
          ? [
              { ...frame, isFinal: false, payload: frame.payload.subarray(0, 5) },
              { ...frame, opcode: OPCODE.continuation, payload: frame.payload.subarray(5) },
            ]
          : [frame],
      ),
  },
  {
    breaks: "chooses compression that nobody offered",
    fails: ["live.no-compression-unasked"],
    fault: () =>
      answering(isLive, (answer) =>
        answer.status === 101
          ? changed(answer, { headers: { "sec-websocket-extensions": "permessage-deflate" } })
          : answer,
      ),
  },
];

const HEARING: readonly WrongServer[] = [
  {
    breaks: "greets its listeners",
    fails: [
      ...ids(["live"], ...FIRST_FRAMES),
      ...ids(["write"], ...PLAIN_WRITES, "future-counts-from-arrival"),
    ],
    fault: () => ({ greeting: (request) => (isLive(request) ? [textFrame('{"status":"connected"}')] : []) }),
  },
  {
    breaks: "loses one of twenty readings",
    fails: ["live.every-reading-in-order"],
    fault: () => saying(isPlain, (text) => (text === "115" ? undefined : text)),
  },
  {
    breaks: "streams one of twenty readings twice",
    fails: ["live.every-reading-in-order"],
    fault: () => saying(isPlain, (text) => (text === "129" ? [text, text] : text)),
  },
  {
    breaks: "streams only changes",
    fails: ["live.steady-pulse-is-sent", "timing.steady-pulse"],
    fault: onlyChanges,
  },
  {
    breaks: "streams no reading that is an hour late",
    fails: ["live.late-reading-is-heard"],
    fault: () =>
      saying(isLive, (text) =>
        Number(/"measured_at":(\d+)/.exec(text)?.[1] ?? Date.now()) < Date.now() - 3_600_000
          ? undefined
          : text,
      ),
  },
  {
    breaks: "lets only one of several listeners hear",
    fails: ["live.every-listener-hears"],
    fault: () =>
      saying(isLive, (text) => (text.startsWith("{") && text.includes(":133}") ? undefined : text)),
  },
  {
    breaks: "takes nothing from others, so that nobody can tell whether they are heard",
    fails: ["live.nobody-else-is-heard"],
    fault: () => ({
      answer: (request, next) =>
        writtenBy(request)?.bpm === 134
          ? made(400, '{"error_code":8001,"error_message":"heart_rate"}')
          : next(request),
    }),
  },
  {
    breaks: "streams what others send",
    fails: ["live.nobody-else-is-heard"],
    fault: ({ writeToken }) =>
      asking((request) =>
        writtenBy(request)?.bpm === 134
          ? withHeaders(request, { authorization: `Bearer ${writeToken}` })
          : request,
      ),
  },
  {
    breaks: "answers no ping",
    fails: PINGING,
    fault: () => ponging(() => []),
  },
  {
    breaks: "answers a ping without its payload",
    fails: PINGING,
    fault: () => ponging((frame) => [{ ...frame, payload: Buffer.alloc(0) }]),
  },
  {
    breaks: "answers what clients say",
    fails: ["live.client-texts-are-ignored"],
    fault: () => ({
      reply: ({ opcode }, request) =>
        opcode === OPCODE.text && isLive(request) ? [textFrame('{"type":"pong"}')] : [],
    }),
  },
  {
    breaks: "closes a socket on which a client says something",
    fails: TEXTS_IGNORED,
    fault: () => ({ reply: ({ opcode }) => (opcode === OPCODE.text ? [closeFrame(1003)] : []) }),
  },
  {
    breaks: "does not say what to upgrade to",
    fails: ["live.426-names-websocket"],
    fault: () =>
      answering(isLive, (answer) =>
        changed(answer, { headers: { upgrade: answer.status === 101 ? "websocket" : undefined } }),
      ),
  },
];

export const LIVE_FAULTS: readonly WrongServer[] = [...FRAMES, ...HEARING];
