import { OPCODE } from "../../../../src/conformance/client/frames.ts";
import type { ConformanceOptions } from "../../../../src/conformance/index.ts";
import { TOKEN_ROUTES } from "../../../../src/conformance/routes.ts";
import { changed, closeFrame, type Fault, made, type Passed } from "../mutatingProxy.ts";
import { answering, codeOf, ids, path, saying, type WrongServer, writtenBy } from "../wrongServer.ts";

const LIVE = path("/api/v1/data/real_time");
const ROOM = path(/^\/api\/v2\/data\/rooms\//);
const LINK = path(/^\/listen\//);
const LATEST = path("/api/v1/data/heart_rate/latest");
const VALIDATE = path("/api/v1/token/validate");
const ROUTES = TOKEN_ROUTES.map(({ name }) => name);

/** Changes close frames of sockets of one kind. */
function closing(isMeant: (request: Passed) => boolean, code: number, afterMs = 0): Fault {
  return {
    frame: async (frame, request) => {
      if (frame.opcode !== OPCODE.close || !isMeant(request)) return [frame];
      await Bun.sleep(afterMs);
      return [closeFrame(code)];
    },
  };
}

const isHandshake = ({ headers }: Passed) => headers.has("upgrade");
const isRevoked = (given: { readonly revocableToken?: string | undefined }) => (request: Passed) =>
  request.headers.get("authorization") === `Bearer ${given.revocableToken}`;

/** From the revocation on every link seems to be open. */
function leavingLinksOpen(): WrongServer {
  let isRevoked = false;
  const body = '{"jsonrpc":"2.0","id":"1","result":{"ramielUrl":"ws://localhost/listen/"}}';
  return {
    breaks: "leaves the links of a revoked token open",
    fails: ["revocation.closes-its-links"],
    fault: () =>
      answering(path("/v1/api/public/rpc"), (answer) => (isRevoked ? changed(answer, { body }) : answer)),
    hooks: (hooks) => ({
      ...hooks,
      revoke: async (details) => {
        await hooks.revoke?.(details);
        isRevoked = true;
      },
    }),
  };
}

const REVOCATION: readonly WrongServer[] = [
  {
    breaks: "closes the live sockets of a revoked token with 1001",
    fails: ["revocation.closes-live-socket"],
    fault: () => closing(LIVE, 1001),
  },
  {
    breaks: "closes the live sockets of a revoked token late",
    fails: ["revocation.closes-within-a-second"],
    fault: () => closing(LIVE, 1008, 1_300),
  },
  {
    breaks: "closes the rooms sockets of a revoked token late",
    fails: ["revocation.closes-room-socket"],
    fault: () => closing(ROOM, 1008, 1_300),
  },
  {
    breaks: "closes those who listen by a link with 1000",
    fails: ["revocation.ends-listening-by-its-links", "whole-run.never-closed-with-1000"],
    fault: () => closing(LINK, 1000),
  },
  leavingLinksOpen(),
  {
    breaks: "tells of a revoked token as if it were good",
    fails: ["revocation.validate-refused"],
    fault: (given) =>
      answering(
        (request) => VALIDATE(request) && isRevoked(given)(request),
        (answer) => (answer.status === 401 ? made(200, "{}") : answer),
      ),
  },
  {
    breaks: "says of a revoked token that it has expired",
    fails: ids(["revocation"], "latest-refused"),
    fault: (given) =>
      answering(
        (request) => LATEST(request) && isRevoked(given)(request),
        (answer) =>
          codeOf(answer) === 7005
            ? changed(answer, { body: '{"error_code":7006,"error_message":"token_expired"}' })
            : answer,
      ),
  },
  {
    breaks: "answers 403 to a revoked token that wants a socket",
    fails: ["revocation.socket-refused"],
    fault: (given) =>
      answering(
        (request) => isHandshake(request) && isRevoked(given)(request),
        (answer) => (answer.status === 401 ? changed(answer, { status: 403 }) : answer),
      ),
  },
  {
    breaks: "lets a revoked token live on",
    fails: ids(
      ["revocation"],
      "closes-live-socket",
      "closes-within-a-second",
      "closes-room-socket",
      "closes-its-links",
      "ends-listening-by-its-links",
      "validate-refused",
      "latest-refused",
      "socket-refused",
    ),
    hooks: (hooks) => ({ ...hooks, revoke: () => {} }),
  },
];

/** Answers in the server's place while it is away. */
function whileAway(answer: () => ReturnType<typeof made>): Fault {
  return {
    answer: async (request, next) => {
      if (!VALIDATE(request)) return next(request);
      return await next(request).catch(answer);
    },
  };
}

const RESTART: readonly WrongServer[] = [
  {
    breaks: "closes its live sockets with 1000 when it stops",
    fails: ["restart.closes-live-socket", "whole-run.never-closed-with-1000"],
    fault: () => closing(LIVE, 1000),
  },
  {
    breaks: "closes its rooms sockets with 1006 when it stops",
    fails: ["restart.closes-room-socket"],
    fault: () => closing(ROOM, 1006),
  },
  {
    breaks: "answers 401 while it restarts",
    fails: ["restart.never-401"],
    fault: () => whileAway(() => made(401, '{"error_code":7005,"error_message":"token_not_found"}')),
  },
  {
    breaks: "answers with a page while it restarts",
    fails: ["restart.json-only", "whole-run.every-error-is-json"],
    fault: () => whileAway(() => made(502, "<h1>Bad gateway</h1>", { "content-type": "text/html" })),
  },
  {
    breaks: "forgets the last reading when it restarts",
    fails: ["restart.keeps-readings"],
    fault: () =>
      answering(LATEST, (answer) =>
        changed(answer, { body: answer.text.replace('"heart_rate":161}', '"heart_rate":160}') }),
      ),
  },
  {
    breaks: "streams nothing after a restart",
    fails: ["restart.listens-again"],
    fault: () => saying(LIVE, (text) => (text === "162" ? undefined : text)),
  },
];

const STORE: readonly WrongServer[] = [
  {
    breaks: "answers 200 to a reading that it cannot store",
    fails: ["store-failure.write"],
    fault: () =>
      answering(
        (request) => writtenBy(request)?.bpm === 171,
        (answer) => (answer.status === 500 ? made(200, "{}") : answer),
      ),
  },
  {
    breaks: "has another code for a reading that it cannot store",
    fails: ["store-failure.write"],
    fault: () =>
      answering(
        (request) => writtenBy(request)?.bpm === 171,
        (answer) =>
          answer.status === 500 ? made(500, '{"error_code":7001,"error_message":"error"}') : answer,
      ),
  },
  {
    breaks: "answers 412 where it cannot read the latest reading",
    fails: ["store-failure.latest"],
    fault: () =>
      answering(LATEST, (answer) => (answer.status === 500 ? changed(answer, { status: 412 }) : answer)),
  },
  {
    breaks: "does not take a reading again that it could not store",
    fails: ["store-failure.sent-again"],
    fault: () =>
      answering(
        (request) => writtenBy(request)?.bpm === 171,
        (answer) =>
          answer.status === 200 ? made(409, '{"error_code":8011,"error_message":"conflict"}') : answer,
      ),
  },
  {
    breaks: "streams a reading that it could not store, and again when it can",
    fails: ["store-failure.heard-once"],
    fault: () => saying(LIVE, (text) => (text === "171" ? [text, text] : text)),
  },
];

/** A server whose answers are other while tokens cannot be looked up. */
function whileFailing(
  breaks: string,
  fails: readonly string[],
  fault: (isFailing: () => boolean, given: ConformanceOptions) => Fault,
): WrongServer {
  let isFailing = false;
  return {
    breaks,
    fails,
    fault: (given) => fault(() => isFailing, given),
    hooks: (hooks) => ({
      ...hooks,
      tokenStoreFailure: async (details) => {
        await hooks.tokenStoreFailure?.(details);
        isFailing = details.CONFORMANCE_STEP === "begin";
      },
    }),
  };
}

const TOKEN_STORE: readonly WrongServer[] = [
  {
    breaks: "says of tokens that it cannot look up that they are unknown",
    fails: ids(["token-store-failure"], ...ROUTES.map((name) => `unknown-${name}`)),
    fault: () =>
      answering(
        () => true,
        (answer) =>
          codeOf(answer) === 7001
            ? made(401, '{"error_code":7005,"error_message":"token_not_found"}', {
                "www-authenticate": "Bearer",
              })
            : answer,
      ),
  },
  {
    breaks: "answers 503 with a page while tokens cannot be looked up",
    fails: [
      ...ids(["token-store-failure"], ...ROUTES.map((name) => `unknown-${name}`)),
      "whole-run.every-error-is-json",
    ],
    fault: () =>
      answering(
        () => true,
        (answer) =>
          codeOf(answer) === 7001 ? made(503, "<h1>Sorry</h1>", { "content-type": "text/html" }) : answer,
      ),
  },
  whileFailing(
    "signs everybody out while tokens cannot be looked up",
    ids(["token-store-failure"], ...ROUTES.map((name) => `good-${name}`)),
    (isFailing, { readToken, writeToken, tokens = [] }) =>
      answering(
        ({ headers }) =>
          isFailing() &&
          [readToken, writeToken, ...tokens].some(
            (token) => headers.get("authorization") === `Bearer ${token}`,
          ),
        () => made(401, '{"error_code":7005,"error_message":"token_not_found"}'),
      ),
  ),
  whileFailing(
    "closes sockets while tokens cannot be looked up",
    ["token-store-failure.sockets-stay"],
    () => ({
      frame: (frame) => (frame.payload.toString() === "173" ? [closeFrame(1011)] : [frame]),
    }),
  ),
];

export const OPERATOR_FAULTS: readonly WrongServer[] = [...REVOCATION, ...RESTART, ...STORE, ...TOKEN_STORE];

export const EXPIRY_FAULTS: readonly WrongServer[] = [
  {
    breaks: "closes the sockets of an expired token with 1001",
    fails: ["expiry.closes-live-socket"],
    fault: () => closing(LIVE, 1001),
  },
  {
    breaks: "closes the rooms sockets of an expired token late",
    fails: ["expiry.closes-room-socket"],
    fault: () => closing(ROOM, 1008, 2_300),
  },
];
