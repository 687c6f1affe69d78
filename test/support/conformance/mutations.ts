import type { Mutation, ProxiedAnswer, ProxiedFrame, ProxiedRequest } from "./mutatingProxy.ts";

/** A server that breaks one rule, and the checks that must notice: these, and no others of their groups. */
export interface Breach extends Mutation {
  readonly breaks: readonly string[];
}

const DATA = "/api/v1/data";
const LATEST = "/api/v1/data/heart_rate/latest";
const LIVE = "/api/v1/data/real_time";
const VALIDATE = "/api/v1/token/validate";
const STATISTICS = "/api/v1/statistics";
const WIDGETS = "/api/v1/widgets";
const RPC = "/v1/api/public/rpc";

const text = (body: string, status = 200): ProxiedAnswer => ({
  status,
  headers: new Headers({ "content-type": "application/json", "access-control-allow-origin": "*" }),
  body,
});

type Asked = (request: ProxiedRequest) => boolean;

/** Changes the answers to some requests. */
function answers(isAsked: Asked, change: (answer: ProxiedAnswer) => ProxiedAnswer): Mutation {
  return { answer: (answer, request) => (isAsked(request) ? change(answer) : answer) };
}

const body = (change: (body: string) => string) => (answer: ProxiedAnswer) => ({
  ...answer,
  body: change(answer.body),
});
const status = (code: number) => (answer: ProxiedAnswer) => ({ ...answer, status: code });
const headers = (change: (headers: Headers) => void) => (answer: ProxiedAnswer) => {
  const changed = new Headers(answer.headers);
  change(changed);
  return { ...answer, headers: changed };
};

const at =
  (path: string, method = "GET"): Asked =>
  (request) =>
    request.path === path && request.method === method;

const posted = (request: ProxiedRequest) => request.body.toString();

/** Answers 200 to writes whose body is like this. */
const takes = (isLike: (body: string) => boolean): Mutation => ({
  instead: (request) => (at(DATA, "POST")(request) && isLike(posted(request)) ? text("{}") : undefined),
});

/** Changes text frames that hold some words. */
function frames(
  words: string,
  change: (frame: ProxiedFrame) => readonly ProxiedFrame[],
  isAsked: Asked = () => true,
): Mutation {
  return {
    frame: (frame, request) =>
      frame.opcode === 1 && frame.payload.includes(words) && isAsked(request) ? change(frame) : [frame],
  };
}

/** Changes frames that are these digits and nothing else. */
function exactly(digits: string, change: (frame: ProxiedFrame) => readonly ProxiedFrame[]): Mutation {
  return frames(digits, (frame) => (frame.payload.toString() === digits ? change(frame) : [frame]));
}

const saying = (frame: ProxiedFrame, change: (text: string) => string): readonly ProxiedFrame[] => [
  { ...frame, payload: Buffer.from(change(frame.payload.toString())) },
];

/** Puts the first key of a JSON object behind the others. */
function reordered(json: string): string {
  const [first, ...others] = Object.entries(JSON.parse(json));
  return JSON.stringify(Object.fromEntries([...others, first as [string, unknown]]));
}

const closing = (from: number, to: number): Mutation => ({
  frame: (frame) => {
    if (frame.opcode !== 8 || frame.payload.readUInt16BE(0) !== from) return [frame];
    const payload = Buffer.from(frame.payload);
    payload.writeUInt16BE(to, 0);
    return [{ ...frame, payload }];
  },
});

/** What a write with this body is taken for: one that the wire refuses. */
const REFUSED: Readonly<Record<string, (body: string) => boolean>> = {
  "no-body": (sent) => sent === "",
  "no-json": (sent) => sent === "{",
  "no-utf8": (sent) => sent.includes("\ufffd"),
  array: (sent) => sent === "[]",
  "no-time": (sent) => !sent.includes("measured_at") && sent.includes('"heart_rate":70'),
  "no-data": (sent) => /^\{"measured_at":\d+\}$/.test(sent),
  "no-rate": (sent) => sent.endsWith('"data":{}}'),
  "null-rate": (sent) => sent.includes('"heart_rate":null'),
  "fractional-rate": (sent) => sent.includes('"heart_rate":70.5'),
  "fraction-below-zero": (sent) => sent.includes('"heart_rate":-0.5'),
  "large-rate": (sent) => sent.includes('"heart_rate":65536'),
  "text-time": (sent) => sent.includes('"measured_at":"'),
  "time-below-zero": (sent) => sent.includes('"measured_at":-1'),
  "unsafe-time": (sent) => sent.includes("9007199254740993"),
};

const TOKEN_ROUTES: Readonly<Record<string, readonly [method: string, path: string]>> = {
  write: ["POST", DATA],
  latest: ["GET", LATEST],
  live: ["GET", LIVE],
  statistics: ["GET", STATISTICS],
  profile: ["GET", "/api/v1/profile"],
  widgets: ["GET", WIDGETS],
  validate: ["GET", VALIDATE],
};

/** Which refusal an error code is, where the header tells them apart. */
const TOKEN_REFUSALS: Readonly<Record<string, (answer: ProxiedAnswer, request: ProxiedRequest) => boolean>> =
  {
    missing: ({ body: said }) => said.includes("7009"),
    malformed: ({ body: said }, { headers: sent }) =>
      said.includes("7010") && /^Bearer/.test(sent.get("authorization") ?? ""),
    "other-scheme": ({ body: said }, { headers: sent }) =>
      said.includes("7010") && /^Basic/.test(sent.get("authorization") ?? ""),
    unknown: ({ body: said }) => said.includes("7005"),
    scope: ({ body: said }) => said.includes("7011"),
  };

/** Older pages of Pulsoid print 403 for these: clients that see it retry for ever. */
const tokenBreaches: readonly Breach[] = Object.entries(TOKEN_ROUTES).flatMap(([name, [method, path]]) =>
  Object.entries(TOKEN_REFUSALS)
    .filter(([refusal]) => refusal !== "scope" || name !== "validate")
    .map(
      ([refusal, isRefused]): Breach => ({
        breaks: [
          `token.${refusal}.${name}`,
          // The kit asks the same of this route for another reason.
          ...(refusal === "missing" && name === "validate" ? ["token.no-cookie"] : []),
        ],
        answer: (answer, request) =>
          at(path, method)(request) && isRefused(answer, request) ? { ...answer, status: 403 } : answer,
      }),
    ),
);

/** A breach for every check of the kit. */
export const BREACHES: readonly Breach[] = [
  ...tokenBreaches,
  {
    breaks: ["validate.shape"],
    ...answers(at(VALIDATE), (answer) => (answer.status === 200 ? body(reordered)(answer) : answer)),
  },
  {
    breaks: ["validate.expires-in-fits"],
    ...answers(
      at(VALIDATE),
      body((json) => json.replace(/"expires_in":\d+/, '"expires_in":2147483648')),
    ),
  },
  {
    breaks: ["token.expired"],
    ...answers(
      at(VALIDATE),
      body((json) => json.replace("7006", "7005").replace("token_expired", "token_not_found")),
    ),
  },
  {
    breaks: ["token.scheme-in-any-case"],
    instead: ({ headers: sent }) =>
      /^(bearer|BEARER) /.test(sent.get("authorization") ?? "")
        ? text('{"error_code":7010,"error_message":"x"}', 401)
        : undefined,
  },
  {
    breaks: ["token.query-on-writes"],
    instead: ({ path, query, headers: sent }) =>
      path === DATA && /^[0-9a-f-]{36}$/.test(query.get("access_token") ?? "") && !sent.has("authorization")
        ? text('{"error_code":7009,"error_message":"x"}', 401)
        : undefined,
  },
  {
    breaks: ["token.query-malformed"],
    ...answers(({ query }) => query.get("access_token") === "nonsense", status(400)),
  },
  {
    breaks: ["token.two-different"],
    instead: ({ query, headers: sent }) =>
      query.has("access_token") &&
      sent.has("authorization") &&
      !sent.get("authorization")?.includes(query.get("access_token") ?? "")
        ? text("{}")
        : undefined,
  },
  {
    breaks: ["token.no-cookie"],
    request: (request) => {
      const found = /token=([0-9a-f-]{36})/.exec(request.headers.get("cookie") ?? "")?.[1];
      if (found === undefined) return request;
      return {
        ...request,
        headers: new Headers({ ...Object.fromEntries(request.headers), authorization: `Bearer ${found}` }),
      };
    },
  },

  {
    breaks: ["write.answers-empty-object"],
    ...answers(at(DATA, "POST"), (answer) => (answer.status === 200 ? { ...answer, body: "" } : answer)),
  },
  ...[0, -1].map(
    (rate): Breach => ({
      breaks: [rate === 0 ? "write.zero-leaves-no-trace" : "write.below-zero-leaves-no-trace"],
      request: (request) => ({
        ...request,
        body: Buffer.from(posted(request).replace(`"heart_rate":${rate}}`, '"heart_rate":1}')),
      }),
    }),
  ),
  ...Object.entries(REFUSED).map(
    ([id, isLike]): Breach => ({
      // An unknown token is sent with a body that is no JSON.
      breaks: [`write.refuses-${id}`, ...(id === "no-json" ? ["write.token-before-body"] : [])],
      ...takes(isLike),
    }),
  ),
  {
    breaks: ["write.refuses-text-rate", "write.names-the-field"],
    ...takes((sent) => sent.includes('"heart_rate":"70"')),
  },
  {
    breaks: ["write.names-the-field"],
    ...answers(
      at(DATA, "POST"),
      body((json) => json.replace(/"error_message":"[^"]*heart_rate[^"]*"/, '"error_message":"bad request"')),
    ),
  },
  {
    breaks: ["write.ignores-extra-fields"],
    instead: (request) =>
      posted(request).includes('"y":[]') ? text('{"error_code":1,"error_message":"x"}', 400) : undefined,
  },
  {
    breaks: ["write.ignores-content-type"],
    instead: ({ path, headers: sent }) =>
      path === DATA && sent.get("content-type") === "text/plain"
        ? text('{"error_code":1,"error_message":"x"}', 415)
        : undefined,
  },
  {
    breaks: ["write.rounds-time-down"],
    request: (request) => ({
      ...request,
      body: Buffer.from(
        posted(request).replace(/"measured_at":(\d+)\.9/, (_, time) => `"measured_at":${Number(time) + 1}`),
      ),
    }),
  },
  {
    breaks: ["write.takes-microseconds"],
    instead: (request) =>
      /"measured_at":\d{16},/.test(posted(request)) && posted(request).includes(":75}")
        ? text("{}")
        : undefined,
  },
  {
    breaks: ["write.is-not-newer-than-its-arrival"],
    ...answers(
      at(LATEST),
      body((json) =>
        json.includes(":76}") ? '{"measured_at":9999999999999,"data":{"heart_rate":76}}' : json,
      ),
    ),
  },
  {
    breaks: ["write.same-reading-is-one"],
    ...(() => {
      let last = "";
      return {
        request: (request: ProxiedRequest) => {
          const sent = posted(request);
          const isRepeated = sent !== "" && sent === last && sent.includes(":78}");
          last = sent;
          if (!isRepeated) return request;
          const later = sent.replace(/"measured_at":(\d+)/, (_, time) => `"measured_at":${Number(time) - 1}`);
          return { ...request, body: Buffer.from(later) };
        },
      };
    })(),
  },
  {
    breaks: ["write.first-rate-stays"],
    ...answers(
      at(LATEST),
      body((json) => json.replace('"heart_rate":80', '"heart_rate":99')),
    ),
  },
  {
    breaks: ["write.token-before-body"],
    ...answers(
      ({ path, headers: sent, body: bytes }) =>
        path === DATA && sent.has("authorization") && bytes.toString() === "{",
      (answer) => (answer.status === 401 ? text('{"error_code":1,"error_message":"x"}', 400) : answer),
    ),
  },

  {
    breaks: ["latest.json"],
    ...answers(
      at(LATEST),
      body((json) => (json.includes(":81}") ? reordered(json) : json)),
    ),
  },
  {
    breaks: ["latest.plain"],
    ...answers(
      ({ query }) => query.get("response_mode") === "text_plain_only_heart_rate",
      body((digits) => `${digits}\n`),
    ),
  },
  {
    breaks: ["latest.is-not-cached"],
    ...answers(
      at(LATEST),
      headers((found) => found.set("cache-control", "max-age=5")),
    ),
  },
  {
    breaks: ["latest.is-by-time"],
    ...answers(
      at(LATEST),
      body((json) => json.replace(":84}", ":50}")),
    ),
  },
  {
    breaks: ["latest.ignores-content-type"],
    ...answers((request) => at(LATEST)(request) && request.headers.has("content-type"), status(400)),
  },
  {
    breaks: ["latest.takes-no-query-token"],
    request: (request) =>
      at(LATEST)(request) && request.query.has("access_token")
        ? {
            ...request,
            headers: new Headers({ authorization: `Bearer ${request.query.get("access_token")}` }),
          }
        : request,
  },

  {
    breaks: ["live.json"],
    ...frames(
      ":86}",
      (frame) => saying(frame, reordered),
      ({ query }) => !query.has("response_mode"),
    ),
  },
  {
    breaks: ["live.json-mode"],
    ...frames(
      ":86}",
      (frame) => saying(frame, reordered),
      ({ query }) => query.has("response_mode"),
    ),
  },
  { breaks: ["live.plain"], ...exactly("87", (frame) => saying(frame, (digits) => `${digits}\n`)) },
  {
    breaks: ["live.legacy"],
    ...frames(":88}", (frame) => saying(frame, (json) => json.replace("heartRate", "heart_rate"))),
  },
  {
    // Who waits long enough hears it too.
    breaks: ["live.no-greeting", "live.stays-open-in-silence", "live.steady-pulse-of-30-s"],
    greeting: { text: '{"type":"hello"}', afterMs: 150 },
  },
  { breaks: ["live.whole-text-frames"], ...frames(":89}", (frame) => [{ ...frame, opcode: 2 }]) },
  {
    breaks: ["live.no-unasked-compression"],
    ...answers(
      ({ isHandshake }) => isHandshake,
      headers((found) => found.set("sec-websocket-extensions", "permessage-deflate")),
    ),
  },
  {
    breaks: ["live.steady-pulse-is-sent"],
    ...(() => {
      let last = "";
      return exactly("90", (frame) => {
        const isSame = frame.payload.toString() === last;
        last = frame.payload.toString();
        return isSame ? [] : [frame];
      });
    })(),
  },
  {
    breaks: ["live.in-order"],
    ...exactly("105", (frame) => [{ ...frame, payload: Buffer.from("106") }, frame]),
  },
  { breaks: ["live.late-reading-is-heard"], ...frames(":91}", () => []) },
  {
    breaks: ["live.query-token"],
    ...answers(
      ({ path, query }) => path === LIVE && query.has("access_token"),
      () => text('{"error_code":7009,"error_message":"x"}', 401),
    ),
    instead: ({ path, query }) =>
      path === LIVE && query.has("access_token")
        ? text('{"error_code":7009,"error_message":"x"}', 401)
        : undefined,
  },
  {
    breaks: ["live.refused-before-upgrade"],
    ...answers(at(LIVE), (answer) =>
      answer.status === 401
        ? { ...answer, body: "<html>", headers: new Headers({ "content-type": "text/html" }) }
        : answer,
    ),
  },
  {
    breaks: ["live.needs-upgrade"],
    ...answers((request) => at(LIVE)(request) && !request.isHandshake, status(400)),
  },
  { breaks: ["live.answers-pings"], frame: (frame) => (frame.opcode === 10 ? [] : [frame]) },
  { breaks: ["live.ignores-text"], reply: () => '{"type":"pong"}' },
  { breaks: ["live.stays-open-in-silence"], greeting: { text: '{"type":"ping"}', afterMs: 400 } },
  { breaks: ["live.steady-pulse-of-30-s"], ...exactly("94", () => []) },

  ...["", "24h", "7d", "30d"].map(
    (range): Breach => ({
      breaks: [`statistics.${range || "default"}`, ...(range === "" ? ["statistics.hold-the-reading"] : [])],
      ...answers(
        (request) => at(STATISTICS)(request) && (request.query.get("time_range") ?? "") === range,
        body(reordered),
      ),
    }),
  ),
  {
    breaks: ["statistics.hold-the-reading"],
    ...answers(
      at(STATISTICS),
      body((json) => json.replace('"maximum_beats_per_minute":65535', '"maximum_beats_per_minute":250')),
    ),
  },
  {
    breaks: ["statistics.unknown-range"],
    ...answers(({ query }) => query.get("time_range") === "1h", status(404)),
  },
  {
    breaks: ["profile.shape"],
    ...answers(
      at("/api/v1/profile"),
      body((json) => json.replace('"mobile_login":false', '"mobile_login":null')),
    ),
  },
  {
    breaks: ["profile.heart-rate-after-a-reading"],
    ...answers(
      at("/api/v1/profile"),
      body((json) => json.replace('"heart_rate":true', '"heart_rate":false')),
    ),
  },
  {
    breaks: ["widgets.create"],
    ...answers(
      ({ path }) => path.startsWith(WIDGETS),
      body((json) => json.replace(/"id":"([^"]+)"/g, (_, id) => `"id":"${id.toUpperCase()}"`)),
    ),
  },
  {
    breaks: ["widgets.list"],
    ...answers(
      at(WIDGETS),
      body((json) => json.replaceAll(',"premium":false', "")),
    ),
  },
  {
    breaks: ["widgets.update"],
    ...answers(
      ({ path, method }) => path.startsWith(`${WIDGETS}/`) && method === "POST",
      body((json) => json.replace('{"other":true}', '{"from":"conformance"}')),
    ),
  },
  {
    breaks: ["widgets.unknown"],
    ...answers(
      ({ path, method }) => path.startsWith(`${WIDGETS}/`) && method === "POST",
      (answer) => (answer.status === 404 ? status(403)(answer) : answer),
    ),
  },

  { breaks: ["room.heart-rate"], ...frames('"bpm":74', (frame) => saying(frame, reordered)) },
  {
    breaks: ["room.kinds"],
    request: (request) => {
      if (!(request.query.get("kinds") ?? "").includes("room_updated")) return request;
      return { ...request, query: new URLSearchParams({ kinds: "heart_rate" }) };
    },
  },
  {
    breaks: ["room.unknown"],
    ...answers(
      ({ path }) => path.includes("/rooms/"),
      (answer) => (answer.status === 404 ? status(403)(answer) : answer),
    ),
  },
  {
    breaks: ["room.query-token"],
    instead: ({ path, query }) =>
      path.includes("/rooms/") && query.has("access_token")
        ? text('{"error_code":7009,"error_message":"x"}', 401)
        : undefined,
  },
  {
    breaks: ["room.refused-before-upgrade"],
    ...answers(
      ({ path }) => path.includes("/rooms/"),
      (answer) => (answer.status === 401 ? status(403)(answer) : answer),
    ),
  },

  {
    breaks: ["link.rpc-unknown"],
    ...answers(
      at(RPC, "POST"),
      body((json) => json.replace("-33404", "-32000")),
    ),
  },
  {
    breaks: ["link.rpc"],
    ...answers(
      at(RPC, "POST"),
      body((json) => json.replace(/"ramielUrl":"([^"]+)"/, '"ramielUrl":"$1?access_token=x"')),
    ),
  },
  { breaks: ["link.listen"], ...frames('"heartRate":72', (frame) => saying(frame, reordered)) },
  {
    breaks: ["link.feed"],
    ...answers(
      ({ path }) => path.startsWith("/v1/api/feed/"),
      (answer) => (answer.status === 200 ? body(reordered)(answer) : answer),
    ),
  },
  {
    breaks: ["link.unknown"],
    ...answers(
      ({ path }) => path.startsWith("/listen/"),
      (answer) => (answer.status === 404 ? status(403)(answer) : answer),
    ),
  },
  {
    breaks: ["link.rpc-bad-request"],
    ...answers(
      at(RPC, "POST"),
      body((json) => json.replace("-32700", "-32603")),
    ),
  },

  ...[
    ["route.unknown", "/api/nonsense"],
    ["route.unknown-v1", "/v1/api/nonsense"],
  ].map(
    ([id = "", path = ""]): Breach => ({
      breaks: [id],
      ...answers(at(path), () => ({
        status: 404,
        headers: new Headers({ "content-type": "text/html" }),
        body: "<h1>Not found</h1>",
      })),
    }),
  ),
  {
    breaks: ["route.method"],
    ...answers(
      at(DATA, "DELETE"),
      headers((found) => found.delete("allow")),
    ),
  },
  {
    breaks: ["route.too-large"],
    ...answers(at(DATA, "POST"), (answer) =>
      answer.status === 413 ? { ...answer, headers: new Headers(), body: "" } : answer,
    ),
  },
  {
    breaks: ["cors.preflight"],
    ...answers(
      ({ method }) => method === "OPTIONS",
      headers((found) => found.delete("access-control-max-age")),
    ),
  },
  {
    breaks: ["cors.answers"],
    ...answers(at(VALIDATE), (answer) =>
      answer.status === 200
        ? headers((found) => found.set("access-control-allow-credentials", "true"))(answer)
        : answer,
    ),
  },
  {
    breaks: ["cors.errors"],
    ...answers(at(VALIDATE), (answer) =>
      answer.status === 401
        ? headers((found) => found.delete("access-control-allow-origin"))(answer)
        : answer,
    ),
  },

  {
    breaks: ["fault.store"],
    ...answers(at(DATA, "POST"), (answer) => (answer.status === 500 ? text("{}") : answer)),
  },
  {
    breaks: ["fault.token-store"],
    ...answers(at(VALIDATE), (answer) =>
      answer.status === 500 ? text('{"error_code":7005,"error_message":"token_not_found"}', 401) : answer,
    ),
  },
  { breaks: ["fault.restart-closes"], ...closing(1001, 1000) },
  {
    breaks: ["fault.restart-keeps"],
    away: text('{"error_code":7005,"error_message":"token_not_found"}', 401),
  },
  { breaks: ["fault.revoked-socket"], ...closing(1008, 1001) },
];
