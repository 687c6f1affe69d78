import { REFUSED } from "../../../../src/conformance/checks/writeBodies.ts";
import type { Fault } from "../mutatingProxy.ts";
import { changed, made, type Passed, withBody } from "../mutatingProxy.ts";
import {
  answering,
  asking,
  ids,
  path,
  reversed,
  rewriting,
  saying,
  type WrongServer,
  writtenBy,
} from "../wrongServer.ts";

const LATEST = "/api/v1/data/heart_rate/latest";
const AHEAD_MS = 3_600_000;
const MALFORMED = '{"error_code":8001,"error_message":"malformed request"}';
const isWrite = (request: Passed) => request.method === "POST" && request.path === "/api/v1/data";

interface Reading {
  readonly measured_at: number;
  readonly data: { readonly heart_rate: number };
}

const isUnsafe = (request: Passed) => (writtenBy(request)?.at ?? 0) > Number.MAX_SAFE_INTEGER;

/** Refuses readings of one kind. */
function refusing(isMeant: (bpm: number, request: Passed) => boolean, status = 400): Fault {
  return {
    answer: (request, next) => {
      const written = writtenBy(request);
      return written !== undefined && isMeant(written.bpm, request) ? made(status, MALFORMED) : next(request);
    },
  };
}

/** Takes one heart rate for another. */
function mistaking(from: number, to: number): Fault {
  return asking((request) => {
    const written = writtenBy(request);
    return written?.bpm === from
      ? withBody(request, `{"measured_at":${written.at},"data":{"heart_rate":${to}}}`)
      : request;
  });
}

/** Remembers what was written, and answers the latest reading by it. */
function remembering(tell: (latest: Reading, written: { at: number; bpm: number }) => Reading): Fault {
  let last: { readonly at: number; readonly bpm: number } | undefined;
  return {
    answer: async (request, next) => {
      const answer = await next(request);
      const written = writtenBy(request);
      if (written !== undefined && written.bpm > 0 && answer.status === 200) last = written;
      if (request.path !== LATEST || answer.status !== 200 || last === undefined) return answer;
      return changed(answer, { body: JSON.stringify(tell(answer.json as Reading, last)) });
    },
  };
}

const reading = (at: number, bpm: number): Reading => ({ measured_at: at, data: { heart_rate: bpm } });

const ACCEPTING: readonly WrongServer[] = [
  {
    breaks: "answers a write without a body",
    fails: ids(
      ["write"],
      "accepts",
      "is-stored",
      "accepts-65535",
      "accepts-1",
      "rounds-time-down",
      "reads-microseconds",
      "zero-is-accepted",
      "negative-is-accepted",
      "first-of-a-time-stays",
      "content-type-not-looked-at",
      "extra-fields-ignored",
    ),
    fault: () =>
      answering(isWrite, (answer) => (answer.status === 200 ? changed(answer, { body: "" }) : answer)),
  },
  {
    breaks: "answers 201 for one reading",
    fails: ["write.accepts", "profile.heart-rate-sent"],
    fault: () =>
      answering(
        (request) => writtenBy(request)?.bpm === 75,
        (answer) => (answer.status === 200 ? changed(answer, { status: 201 }) : answer),
      ),
  },
  {
    breaks: "answers 200 for a reading that it does not keep",
    fails: ["write.is-stored"],
    fault: () => ({
      answer: (request, next) => (writtenBy(request)?.bpm === 76 ? made(200, "{}") : next(request)),
    }),
  },
  {
    breaks: "takes no heart rate over 300",
    fails: ["write.accepts-65535", "statistics.written-counts-at-once"],
    fault: () => refusing((bpm) => bpm > 300 && bpm <= 65_535),
  },
  {
    breaks: "takes no heart rate below 20",
    fails: ["write.accepts-1", "statistics.written-counts-at-once"],
    fault: () => refusing((bpm) => bpm > 0 && bpm < 20),
  },
  {
    breaks: "takes no measured_at with a fraction",
    fails: ["write.rounds-time-down"],
    fault: () => refusing((_, { body }) => /"measured_at":\d+\.\d/.test(body.toString())),
  },
  {
    breaks: "rounds a measured_at up",
    fails: ["write.rounds-time-down"],
    fault: () =>
      asking((request) =>
        !/"measured_at":\d+\.\d/.test(request.body.toString("latin1"))
          ? request
          : withBody(
              request,
              request.body
                .toString()
                .replace(/(?<="measured_at":)(\d+\.\d+)/, (time) => String(Math.ceil(Number(time)))),
            ),
      ),
  },
  {
    breaks: "takes no microseconds",
    fails: ["write.reads-microseconds"],
    fault: () => refusing((_, request) => (writtenBy(request)?.at ?? 0) >= 1e14 && !isUnsafe(request)),
  },
];

const WITHOUT_TRACE: readonly WrongServer[] = [
  {
    breaks: "refuses a heart rate of 0",
    fails: ids(
      ["write"],
      "zero-is-accepted",
      "bearer-in-any-case",
      "token-in-query",
      "token-twice-the-same",
      "content-type-not-looked-at",
      "extra-fields-ignored",
    ),
    fault: () =>
      answering(
        (request) => writtenBy(request)?.bpm === 0,
        (answer) => (answer.status === 200 ? made(400, MALFORMED) : answer),
      ),
  },
  {
    breaks: "stores and streams a heart rate of 0",
    fails: ["write.zero-is-not-stored", "write.zero-is-not-streamed"],
    fault: () => mistaking(0, 1),
  },
  {
    breaks: "stores a heart rate of 0, but does not stream it",
    fails: ["write.zero-is-not-stored"],
    fault: () => ({
      ...mistaking(0, 2),
      ...saying(path(/real_time$/), (text) => (text === "2" ? undefined : text)),
    }),
  },
  {
    breaks: "refuses a heart rate below 0",
    fails: ["write.negative-is-accepted"],
    fault: () => refusing((bpm) => bpm <= -1),
  },
  {
    breaks: "drops the sign of a heart rate",
    fails: ["write.negative-is-not-stored", "write.negative-is-not-streamed"],
    fault: () => mistaking(-5, 5),
  },
];

const IDENTITY: readonly WrongServer[] = [
  {
    breaks: "takes the reading that arrived last for the latest",
    fails: ["write.older-does-not-replace-latest"],
    fault: () => remembering((latest, { at, bpm }) => (at < latest.measured_at ? reading(at, bpm) : latest)),
  },
  {
    breaks: "lets a second reading of one time replace the first",
    fails: ["write.first-of-a-time-stays"],
    fault: () =>
      remembering((latest, { at, bpm }) => (at === latest.measured_at ? reading(at, bpm) : latest)),
  },
  {
    breaks: "answers 409 to a reading that it has",
    fails: [
      "write.first-of-a-time-stays",
      "write.same-reading-streamed-once",
      "write.future-reading-sent-again",
    ],
    fault: () => {
      const seen = new Set<number>();
      return {
        answer: async (request, next) => {
          const written = writtenBy(request);
          if (written !== undefined && seen.has(written.at)) return made(409, MALFORMED);
          const answer = await next(request);
          if (written !== undefined && written.bpm > 0 && answer.status === 200) seen.add(written.at);
          return answer;
        },
      };
    },
  },
  {
    breaks: "streams a reading again that was sent again",
    fails: ["write.same-reading-streamed-once", "write.future-reading-sent-again"],
    fault: () => saying(path(/real_time$/), (text) => (text === "83" || text === "89" ? [text, text] : text)),
  },
  {
    breaks: "believes a clock that is ahead",
    fails: ["write.future-counts-from-arrival", "write.future-does-not-stay-latest"],
    fault: () =>
      remembering((latest, { at, bpm }) =>
        at > Date.now() + AHEAD_MS && at < 1e14 && latest.data.heart_rate === bpm ? reading(at, bpm) : latest,
      ),
  },
  {
    breaks: "takes a clock that is ahead back by half of it",
    fails: ["write.future-counts-from-arrival", "write.future-does-not-stay-latest"],
    fault: () =>
      remembering((latest, { at, bpm }) =>
        at > Date.now() + AHEAD_MS && at < 1e14 && latest.data.heart_rate === bpm
          ? reading(at - 12 * AHEAD_MS, bpm)
          : latest,
      ),
  },
  {
    breaks: "streams the time of a clock that is ahead",
    fails: ["write.future-counts-from-arrival"],
    fault: () =>
      saying(path(/real_time$/), (text) =>
        text.includes('"heart_rate":86}') ? text.replace(/\d{13}/, String(Date.now() + 2 * AHEAD_MS)) : text,
      ),
  },
  {
    breaks: "keeps a reading of tomorrow as the latest",
    fails: ["write.future-does-not-stay-latest"],
    fault: () =>
      rewriting<Reading | number>(path(LATEST), (latest) =>
        typeof latest === "object" && latest.data.heart_rate === 88
          ? reading(latest.measured_at + AHEAD_MS, 87)
          : latest,
      ),
  },
];

const BODIES: readonly WrongServer[] = [
  {
    breaks: "takes whatever it is sent",
    fails: ids(["write"], ...REFUSED.map(([name]) => `refuses-${name}`)),
    fault: () =>
      answering(
        (request) => isWrite(request) && request.query.size === 0,
        (answer) => (answer.status === 400 ? made(200, "{}") : answer),
      ),
  },
  {
    breaks: "does not say which field is wrong",
    fails: ids(
      ["write"],
      ...REFUSED.filter(([, , , names]) => names !== undefined).map(([name]) => `refuses-${name}`),
    ),
    fault: () =>
      answering(isWrite, (answer) => (answer.status === 400 ? changed(answer, { body: MALFORMED }) : answer)),
  },
  {
    breaks: "looks at the body before the token",
    fails: ["write.token-before-body"],
    fault: () => ({
      answer: (request, next) =>
        isWrite(request) && request.body.toString() === "no JSON" ? made(400, MALFORMED) : next(request),
    }),
  },
  {
    breaks: "looks at the declared content type",
    fails: ["write.content-type-not-looked-at"],
    fault: () => ({
      answer: (request, next) =>
        isWrite(request) && /^(text|application\/x)/.test(request.headers.get("content-type") ?? "")
          ? made(415, MALFORMED)
          : next(request),
    }),
  },
  {
    breaks: "refuses fields that it does not know",
    fails: ["write.extra-fields-ignored"],
    fault: () => refusing((_, { body }) => body.includes('"app"')),
  },
];

const isPlain = ({ path, query }: Passed) =>
  path === LATEST && query.get("response_mode") === "text_plain_only_heart_rate";

const LATEST_FAULTS: readonly WrongServer[] = [
  {
    breaks: "writes the latest reading with spaces",
    fails: ["latest.json", "latest.json-by-name"],
    fault: () =>
      answering(path(LATEST), (answer) => changed(answer, { body: answer.text.replaceAll(":", ": ") })),
  },
  {
    breaks: "writes the latest reading in another order",
    fails: ["latest.json", "latest.json-by-name"],
    fault: () =>
      rewriting<number | Record<string, unknown>>(path(LATEST), (body) =>
        typeof body === "number" ? body : reversed(body),
      ),
  },
  {
    breaks: "does not know response_mode=json",
    fails: ["latest.json-by-name"],
    fault: () =>
      answering(
        ({ path, query }) => path === LATEST && query.get("response_mode") === "json",
        () => made(400, MALFORMED),
      ),
  },
  {
    breaks: "ends the bare number with a newline",
    fails: ["latest.plain-text"],
    fault: () =>
      answering(isPlain, (answer) =>
        answer.status === 200 ? changed(answer, { body: `${answer.text}\n` }) : answer,
      ),
  },
  {
    breaks: "names no character set for the bare number",
    fails: ["latest.plain-text-type"],
    fault: () =>
      answering(isPlain, (answer) =>
        answer.status === 200 ? changed(answer, { headers: { "content-type": "text/plain" } }) : answer,
      ),
  },
  {
    breaks: "lets the latest reading be kept",
    fails: ["latest.no-store"],
    fault: () =>
      answering(path(LATEST), (answer) => changed(answer, { headers: { "cache-control": "max-age=5" } })),
  },
  {
    breaks: "wants the body of a GET that declares one",
    fails: ["latest.content-type-ignored"],
    fault: () =>
      answering(
        ({ path, headers }) => path === LATEST && headers.has("content-type"),
        () => made(400, MALFORMED),
      ),
  },
  {
    breaks: "answers 404 where there is no reading yet",
    fails: ["latest.none-yet"],
    fault: () =>
      answering(path(LATEST), (answer) =>
        answer.status === 412 ? changed(answer, { status: 404 }) : answer,
      ),
  },
];

export const WRITE_FAULTS: readonly WrongServer[] = [
  ...ACCEPTING,
  ...WITHOUT_TRACE,
  ...IDENTITY,
  ...BODIES,
  ...LATEST_FAULTS,
];
