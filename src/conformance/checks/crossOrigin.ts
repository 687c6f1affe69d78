import { area, type Rule } from "../check.ts";
import type { Answer } from "../client/answer.ts";
import { expectSame, expectThat, shown } from "../expectations.ts";
import { NOBODY, PATHS, TOKEN_ROUTES } from "../routes.ts";

const SECTION = "2 Passing a token (browsers)";
const ORIGIN = { origin: "https://overlay.example" };
const REQUEST_HEADERS = ["authorization", "content-type", "x-rpc-method"];

/** What pages of any origin may call, and how. */
const OPEN: readonly (readonly [name: string, method: string, path: string])[] = [
  ...TOKEN_ROUTES.filter(({ isSocket }) => !isSocket).map(
    ({ name, method, path }) => [name, method, path] as const,
  ),
  ["rpc", "POST", PATHS.rpc],
  ["feed", "GET", `/v1/api/feed/${NOBODY}`],
];

const OAUTH = ["token", "revoke", "device_authorization"] as const;

function expectAnyOrigin(answer: Answer): void {
  expectSame(answer.header("access-control-allow-origin"), "*", "Access-Control-Allow-Origin: ");
  const credentials = answer.header("access-control-allow-credentials");
  expectThat(
    credentials === undefined,
    "no Access-Control-Allow-Credentials",
    `Access-Control-Allow-Credentials: ${credentials}`,
  );
}

function expectPreflight(answer: Answer): void {
  expectThat(answer.status === 200 || answer.status === 204, "200 or 204 for a preflight", shown(answer));
  expectAnyOrigin(answer);
  // GET and POST need no Access-Control-Allow-Methods: they are safelisted (Fetch standard, CORS-preflight fetch).
  const headers = (answer.header("access-control-allow-headers") ?? "")
    .split(",")
    .map((word) => word.trim().toLowerCase());
  // A * would not cover Authorization (Fetch standard, CORS-preflight fetch).
  expectThat(
    REQUEST_HEADERS.every((name) => headers.includes(name)),
    `Access-Control-Allow-Headers with ${REQUEST_HEADERS.join(", ")}`,
    headers.join(", ") || "none",
  );
  const seconds = Number(answer.header("access-control-max-age") ?? 0);
  expectThat(seconds > 0, "a preflight that may be kept (Access-Control-Max-Age)", `${seconds} s`);
}

const asked = (method: string) => ({
  ...ORIGIN,
  "access-control-request-method": method,
  "access-control-request-headers": REQUEST_HEADERS.join(","),
});

const answers: readonly Rule[] = OPEN.map(([name, method, path]) => [
  `answers-${name}`,
  `${method} ${named(path)} may be read by pages of any origin, without credentials, errors included.`,
  async (kit) => expectAnyOrigin(await kit.ask({ method, path, headers: ORIGIN, body: "" })),
]);

/** A socket is no matter of CORS, but a page may ask its path to learn what is wrong with a token. */
const sockets: readonly Rule[] = TOKEN_ROUTES.filter(({ isSocket }) => isSocket).map(
  ({ name, title, path }) => [
    `answers-${name}`,
    `What a plain GET of the path of ${title.replace("The", "the")} is answered may be read by pages of any origin.`,
    async (kit) => expectAnyOrigin(await kit.ask({ path, headers: ORIGIN })),
  ],
);

const preflights: readonly Rule[] = OPEN.map(([name, method, path]) => [
  `preflight-${name}`,
  `A preflight for ${method} ${named(path)} allows any origin and our headers, and may be kept.`,
  async (kit) => expectPreflight(await kit.ask({ method: "OPTIONS", path, headers: asked(method) })),
]);

const oauthAnswers: readonly Rule[] = OAUTH.map((name) => [
  `answers-oauth2-${name.replace("_", "-")}`,
  `POST /oauth2/${name} may be read by pages of any origin, without credentials, errors included.`,
  async (kit) =>
    expectAnyOrigin(await kit.ask({ method: "POST", path: `/oauth2/${name}`, headers: ORIGIN, body: "" })),
]);

const oauthPreflights: readonly Rule[] = OAUTH.map((name) => [
  `preflight-oauth2-${name.replace("_", "-")}`,
  `A preflight for POST /oauth2/${name} allows any origin.`,
  async (kit) => {
    const path = `/oauth2/${name}`;
    expectPreflight(await kit.ask({ method: "OPTIONS", path, headers: asked("POST") }));
  },
]);

const pages: readonly Rule[] = [
  ["widget-view", `/widget/view/${NOBODY}`],
  ["ui-keys", "/ui/keys"],
].map(([name, path = ""]) => [
  `not-on-${name}`,
  `The page ${named(path)} may not be read by pages of other origins.`,
  async (kit) => {
    const header = (await kit.ask({ path, headers: ORIGIN })).header("access-control-allow-origin");
    expectThat(
      header === undefined,
      "no Access-Control-Allow-Origin",
      `Access-Control-Allow-Origin: ${header}`,
    );
  },
]);

function named(path: string): string {
  return path.replace(NOBODY, "{id}");
}

export const CROSS_ORIGIN = area("cors", SECTION, [
  ...answers,
  ...sockets,
  [
    "answers-success",
    "A successful answer may be read by pages of any origin, without credentials.",
    async (kit) => {
      const answer = await kit.ask({ path: PATHS.validate, token: kit.tokens.read.token, headers: ORIGIN });
      expectThat(answer.status === 200, "200", shown(answer));
      expectAnyOrigin(answer);
    },
  ],
  [
    "answers-unknown-path",
    "The 404 of an unknown path under /api/ may be read by pages of any origin.",
    async (kit) => expectAnyOrigin(await kit.ask({ path: "/api/v1/there-is-no-such-path", headers: ORIGIN })),
  ],
  [
    "answers-well-known",
    "Answers under /.well-known/ may be read by pages of any origin.",
    async (kit) =>
      expectAnyOrigin(await kit.ask({ path: "/.well-known/there-is-no-such-path", headers: ORIGIN })),
  ],
  ...oauthAnswers,
  ...preflights,
  ...oauthPreflights,
  ...pages,
]);
