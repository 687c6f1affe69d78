import { expectError, readAnswer, UUID } from "../answers.ts";
import { type Check, expectMatch, expectSame, Mismatch } from "../check.ts";
import type { Answer, Kit } from "../kit.ts";

/** A route that wants a token, and the scope that it wants. */
interface Route {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly scope?: string;
}

const ROUTES: readonly Route[] = [
  { name: "write", method: "POST", path: "/api/v1/data", scope: "data:heart_rate:write" },
  { name: "latest", method: "GET", path: "/api/v1/data/heart_rate/latest", scope: "data:heart_rate:read" },
  { name: "live", method: "GET", path: "/api/v1/data/real_time", scope: "data:heart_rate:read" },
  { name: "statistics", method: "GET", path: "/api/v1/statistics", scope: "data:statistics:read" },
  { name: "profile", method: "GET", path: "/api/v1/profile", scope: "profile:read" },
  { name: "widgets", method: "GET", path: "/api/v1/widgets", scope: "widgets:read" },
  { name: "validate", method: "GET", path: "/api/v1/token/validate" },
];

/** Asks with an Authorization header, as a client does; sockets with a handshake. */
async function ask(kit: Kit, { name, method, path }: Route, authorization?: string): Promise<Answer> {
  const headers = authorization === undefined ? {} : { authorization };
  if (name !== "live") return kit.call(method, path, { headers });
  const socket = await kit.socket(path, { headers });
  socket.end();
  const { status, body, headers: found } = socket.handshake;
  return { status, text: body, headers: new Headers([...found]) };
}

interface Refusal {
  readonly id: string;
  readonly what: string;
  readonly code: number;
  readonly message: string;
  readonly authorization: () => string | undefined;
  /** What stands in WWW-Authenticate (RFC 6750 section 3). */
  readonly challenge: RegExp;
}

const REFUSALS: readonly Refusal[] = [
  {
    id: "missing",
    what: "Without a token",
    code: 7009,
    message: "error_authorization_header_is_not_present",
    authorization: () => undefined,
    challenge: /^Bearer$/,
  },
  {
    id: "malformed",
    what: "With a token that is no UUID",
    code: 7010,
    message: "error_authorization_header_has_wrong_format",
    authorization: () => "Bearer nonsense",
    challenge: /^Bearer .*error="invalid_(token|request)"/,
  },
  {
    id: "other-scheme",
    what: "With another scheme than Bearer",
    code: 7010,
    message: "error_authorization_header_has_wrong_format",
    authorization: () => "Basic Zm9vOmJhcg==",
    challenge: /^Bearer/,
  },
  {
    id: "unknown",
    what: "With an unknown token",
    code: 7005,
    message: "token_not_found",
    authorization: () => `Bearer ${crypto.randomUUID()}`,
    challenge: /^Bearer .*error="invalid_token"/,
  },
];

const refused: readonly Check[] = ROUTES.flatMap((route) =>
  REFUSALS.map(
    (refusal): Check => ({
      id: `token.${refusal.id}.${route.name}`,
      source: "documentation",
      sentence: `${refusal.what} ${route.method} ${route.path} is 401 with ${refusal.code} and a challenge.`,
      run: async (kit) => {
        const answer = await ask(kit, route, refusal.authorization());
        expectError(answer, { status: 401, code: refusal.code, message: refusal.message });
        expectMatch("WWW-Authenticate", answer.headers.get("www-authenticate"), refusal.challenge);
      },
    }),
  ),
);

const scoped: readonly Check[] = ROUTES.flatMap((route) =>
  route.scope === undefined
    ? []
    : {
        id: `token.scope.${route.name}`,
        source: "documentation",
        sentence: `A token without ${route.scope} is refused by ${route.method} ${route.path}: 401 with 7011.`,
        run: async (kit: Kit) => {
          const token = kit.tokenWithout(route.scope ?? "");
          const answer = await ask(kit, route, `Bearer ${token}`);
          expectError(answer, { status: 401, code: 7011, message: "error_invalid_scope" });
          expectMatch(
            "WWW-Authenticate",
            answer.headers.get("www-authenticate"),
            /error="insufficient_scope"/,
          );
        },
      },
) as readonly Check[];

const VALIDATE = "/api/v1/token/validate";
const INT32_MAX = 2_147_483_647;

export const TOKEN_CHECKS: readonly Check[] = [
  {
    id: "validate.shape",
    source: "documentation",
    sentence: "validate says token, client_id, expires_in, profile_id and scopes, in this order.",
    run: async (kit) => {
      for (const token of kit.options.tokens) {
        const record = readAnswer(await kit.call("GET", VALIDATE, { token }), [
          "token",
          "client_id",
          "expires_in",
          "profile_id",
          "scopes",
        ]);
        expectSame("token", record.token, token.toLowerCase());
        expectMatch("client_id", String(record.client_id), UUID);
      }
    },
  },
  {
    id: "validate.expires-in-fits",
    source: "shipped clients",
    sentence: "expires_in is a whole number that fits a signed 32-bit integer.",
    run: async (kit) => {
      for (const token of kit.options.tokens) {
        const { expires_in: seconds } = JSON.parse((await kit.call("GET", VALIDATE, { token })).text);
        if (!Number.isInteger(seconds) || seconds < 0 || seconds > INT32_MAX) {
          throw new Mismatch("expires_in", `a whole number from 0 to ${INT32_MAX}`, seconds);
        }
      }
    },
  },
  ...refused,
  ...scoped,
  {
    id: "token.expired",
    source: "documentation",
    sentence: "An expired token is 401 with 7006.",
    run: async (kit) => {
      const answer = await kit.call("GET", VALIDATE, { token: kit.given("expiredToken") });
      expectError(answer, { status: 401, code: 7006, message: "token_expired" });
    },
  },
  {
    id: "token.scheme-in-any-case",
    source: "documentation",
    sentence: "The word Bearer may be written in small or capital letters.",
    run: async (kit) => {
      const token = kit.tokenFor("data:heart_rate:read");
      for (const scheme of ["bearer", "BEARER"]) {
        const answer = await kit.call("GET", VALIDATE, { headers: { authorization: `${scheme} ${token}` } });
        expectSame(`the status with ${scheme}`, answer.status, 200);
      }
    },
  },
  {
    id: "token.query-on-writes",
    source: "documentation",
    sentence: "A write takes the token as the query's access_token, also beside the same one in the header.",
    run: async (kit) => {
      const token = kit.tokenFor("data:heart_rate:write");
      for (const header of [{}, { token }]) {
        const body = JSON.stringify({ measured_at: kit.nextTime(), data: { heart_rate: 95 } });
        const answer = await kit.call("POST", "/api/v1/data", {
          ...header,
          query: `access_token=${token}`,
          body,
        });
        expectSame("the status", answer.status, 200);
      }
    },
  },
  {
    id: "token.query-malformed",
    source: "documentation",
    sentence: "A malformed access_token in the query is 401 with 7010.",
    run: async (kit) => {
      const answer = await kit.call("POST", "/api/v1/data", { query: "access_token=nonsense", body: "{}" });
      expectError(answer, { status: 401, code: 7010 });
    },
  },
  {
    id: "token.two-different",
    source: "Heartwire",
    sentence: "Two different tokens in header and query are 400.",
    run: async (kit) => {
      const token = kit.tokenFor("data:heart_rate:write");
      const query = `access_token=${crypto.randomUUID()}`;
      expectError(await kit.call("POST", "/api/v1/data", { token, query, body: "{}" }), { status: 400 });
    },
  },
  {
    id: "token.no-cookie",
    source: "Heartwire",
    sentence: "A cookie never authorises anything.",
    run: async (kit) => {
      const token = kit.tokenFor("data:heart_rate:read");
      const answer = await kit.call("GET", VALIDATE, {
        headers: { cookie: `access_token=${token}; token=${token}` },
      });
      expectError(answer, { status: 401, code: 7009 });
    },
  },
];
