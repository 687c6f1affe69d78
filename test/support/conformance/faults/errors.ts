import { TOKEN_ROUTES } from "../../../../src/conformance/routes.ts";
import { changed, made, type Passed } from "../mutatingProxy.ts";
import { all, answering, ids, path, type WrongServer } from "../wrongServer.ts";

const HTML = { headers: { "content-type": "text/html" }, body: "<h1>Not found</h1>" };
const HTTP = TOKEN_ROUTES.filter(({ isSocket }) => !isSocket).map(({ name }) => name);
const OAUTH = ["oauth2-token", "oauth2-revoke", "oauth2-device-authorization"];
const SOCKETS = TOKEN_ROUTES.filter(({ isSocket }) => isSocket).map(({ name }) => name);
const ANSWERS = [
  ...[...HTTP, ...SOCKETS, "rpc", "feed", ...OAUTH].map((name) => `answers-${name}`),
  "answers-success",
  "answers-unknown-path",
  "answers-well-known",
];
const PREFLIGHTS = [...HTTP, "rpc", "feed", ...OAUTH].map((name) => `preflight-${name}`);
const WRONG_METHODS = TOKEN_ROUTES.filter(({ name }) => name !== "widget-create").map(
  ({ name }) => `wrong-method-${name}`,
);

const isPreflight = ({ method }: Passed) => method === "OPTIONS";

const withHeader = (name: string, value: string | undefined, isMeant: (request: Passed) => boolean) =>
  answering(isMeant, (answer) => changed(answer, { headers: { [name]: value } }));

const CORS: readonly WrongServer[] = [
  {
    breaks: "does not let pages of other origins read anything",
    fails: ids(["cors"], ...ANSWERS, ...PREFLIGHTS),
    fault: () => withHeader("access-control-allow-origin", undefined, all),
  },
  {
    breaks: "lets pages of other origins send cookies",
    fails: ids(["cors"], ...ANSWERS, ...PREFLIGHTS),
    fault: () => withHeader("access-control-allow-credentials", "true", all),
  },
  {
    breaks: "lets pages of other origins read errors only",
    fails: ["cors.answers-success"],
    fault: () =>
      answering(
        ({ method }) => method === "GET",
        (answer) =>
          answer.status === 200
            ? changed(answer, { headers: { "access-control-allow-origin": undefined } })
            : answer,
      ),
  },
  {
    breaks: "allows no x-rpc-method in a preflight",
    fails: ids(["cors"], ...PREFLIGHTS),
    fault: () => withHeader("access-control-allow-headers", "authorization, content-type", isPreflight),
  },
  {
    breaks: "allows every header by *, which does not hold for Authorization",
    fails: ids(["cors"], ...PREFLIGHTS),
    fault: () => withHeader("access-control-allow-headers", "*", isPreflight),
  },
  {
    breaks: "lets nobody keep a preflight",
    fails: ids(["cors"], ...PREFLIGHTS),
    fault: () => withHeader("access-control-max-age", undefined, isPreflight),
  },
  {
    breaks: "wants a token for a preflight",
    fails: [...ids(["cors"], ...PREFLIGHTS), "whole-run.every-error-is-json"],
    fault: () => answering(isPreflight, (answer) => changed(answer, { status: 401 })),
  },
  {
    breaks: "lets pages of other origins read its pages",
    fails: ["cors.not-on-widget-view", "cors.not-on-ui-keys"],
    fault: () => withHeader("access-control-allow-origin", "*", path(/^\/(widget|ui)\//)),
  },
];

const ERRORS: readonly WrongServer[] = [
  {
    breaks: "answers an unknown path with a page",
    fails: [
      ...ids(["errors"], "unknown-path-api", "unknown-path-oauth2", "unknown-path-v1-api"),
      "whole-run.every-error-is-json",
    ],
    fault: () => answering(path(/there-is-no-such-path$/), (answer) => changed(answer, HTML)),
  },
  {
    breaks: "answers a wrong method with 404",
    fails: ids(["errors"], ...WRONG_METHODS),
    fault: () =>
      answering(
        ({ method }) => method === "PATCH",
        (answer) => changed(answer, { status: 404 }),
      ),
  },
  {
    breaks: "does not say which methods a path takes",
    fails: ids(["errors"], ...WRONG_METHODS),
    fault: () =>
      answering(
        ({ method }) => method === "PATCH",
        (answer) => changed(answer, { headers: { allow: undefined } }),
      ),
  },
  {
    breaks: "answers a body that is too large with a page",
    fails: ["errors.body-too-large", "whole-run.every-error-is-json"],
    fault: () =>
      answering(
        ({ body }) => body.length > 1_000_000,
        (answer) => changed(answer, HTML),
      ),
  },
  {
    breaks: "fails on a body that is too large",
    fails: ["errors.body-too-large"],
    fault: () =>
      answering(
        ({ body }) => body.length > 1_000_000,
        (answer) => changed(answer, { status: 500 }),
      ),
  },
  {
    breaks: "answers 400 where an upgrade is missing",
    fails: ["errors.upgrade-missing-live"],
    fault: () =>
      answering(path("/api/v1/data/real_time"), (answer) =>
        answer.status === 426 ? changed(answer, { status: 400 }) : answer,
      ),
  },
  {
    breaks: "refuses a GET that declares JSON",
    fails: ["errors.content-type-on-get", "validate.content-type-ignored", "latest.content-type-ignored"],
    fault: () =>
      answering(
        ({ method, headers }) => method === "GET" && headers.get("content-type") === "application/json",
        () => made(400, '{"error_code":8001,"error_message":"body: expected JSON"}'),
      ),
  },
  {
    breaks: "answers one error in the whole run without a number",
    fails: ["errors.unknown-path-api", "whole-run.every-error-is-json"],
    fault: () =>
      answering(path("/api/v1/there-is-no-such-path"), (answer) =>
        changed(answer, { body: '{"error":"not found"}' }),
      ),
  },
  {
    breaks: "wants to be paid for a month",
    fails: ids(
      ["statistics"],
      "range-30d",
      "older-left-out",
      "longer-range-holds-shorter",
      "none-yet",
    ).concat("whole-run.nothing-is-paid"),
    fault: () => ({
      answer: (request, next) =>
        request.query.get("time_range") === "30d"
          ? made(402, '{"error_code":7007,"error_message":"premium_required"}')
          : next(request),
    }),
  },
];

const toPage = (location: string) => ({ headers: { location } });

const PAGES: readonly WrongServer[] = [
  {
    breaks: "does not know Pulsoid's page addresses",
    fails: ids(["pages"], "ui-keys", "ui-api-clients", "ui-widgets", "ui-configuration"),
    fault: () => answering(path(/^\/ui\//), (answer) => changed(answer, { status: 404 })),
  },
  {
    breaks: "leads Pulsoid's page addresses to Pulsoid",
    fails: ids(["pages"], "ui-keys", "ui-api-clients", "ui-widgets", "ui-configuration"),
    fault: () =>
      answering(path(/^\/ui\//), (answer) => changed(answer, toPage("https://pulsoid.net/ui/keys"))),
  },
  {
    breaks: "has JSON for a widget's page",
    fails: ["pages.widget-view"],
    fault: () =>
      answering(path(/^\/widget\/view\//), (answer) =>
        changed(answer, { headers: { "content-type": "application/json" } }),
      ),
  },
  {
    breaks: "leads the older address of a widget's page elsewhere",
    fails: ["pages.widget-alias"],
    fault: () => answering(path(/^\/widget\/[^/]+$/), (answer) => changed(answer, toPage("/"))),
  },
];

export const ERROR_FAULTS: readonly WrongServer[] = [...CORS, ...ERRORS, ...PAGES];
