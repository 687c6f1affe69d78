import { NEAR_MISSES } from "../../../../../src/conformance/checks/oauth/authorize.ts";
import type { Answer } from "../../../../../src/conformance/client/answer.ts";
import { NOBODY } from "../../../../../src/conformance/routes.ts";
import { changed, type Fault, made, type Passed } from "../../mutatingProxy.ts";
import { answering, ids, type WrongServer } from "../../wrongServer.ts";
import { isAuthorize } from "./requests.ts";

type Meant = (query: URLSearchParams) => boolean;

const asked =
  (isMeant: Meant) =>
  (request: Passed): boolean =>
    isAuthorize(request) && isMeant(request.query);

/** Leads a browser to whatever address stands in the request. */
function leadingAway(isMeant: Meant): Fault {
  return {
    answer: async (request, next) =>
      asked(isMeant)(request)
        ? made(302, "", { location: String(request.query.getAll("redirect_uri").at(-1)) })
        : await next(request),
  };
}

/** Changes where an error leads. */
function relocating(change: (location: string) => string, isMeant: Meant = () => true): Fault {
  return answering(asked(isMeant), (answer: Answer) => {
    const location = answer.header("location");
    return location?.includes("error=")
      ? changed(answer, { headers: { location: change(location) } })
      : answer;
  });
}

const isRight: Meant = (query) =>
  query.get("response_type") === "code" &&
  query.get("scope") === "data:heart_rate:read" &&
  !query.has("code_challenge_method") &&
  /^http:\/\/127\.0\.0\.1:\d+\/callback$/.test(query.getAll("redirect_uri").join());

/** Requests for consent that are answered wrongly before anybody has signed in. */
export const AUTHORIZE_FAULTS: readonly WrongServer[] = [
  {
    breaks: "leads a browser to the address of an unknown client",
    fails: ["oauth-authorize.client-unknown"],
    fault: () => leadingAway((query) => query.get("client_id") === NOBODY),
  },
  {
    breaks: "says 200 on the page for an unknown client",
    fails: ["oauth-authorize.client-unknown-page"],
    fault: () =>
      answering(
        asked((query) => query.get("client_id") === "nobody"),
        (answer) => changed(answer, { status: 200 }),
      ),
  },
  ...NEAR_MISSES.map(
    ([name, address]): WrongServer => ({
      breaks: `leads a browser to ${address}`,
      fails: [`oauth-authorize.redirect-uri-${name}`],
      fault: ({ clientId = "" }) =>
        leadingAway(
          (query) => query.get("client_id") === clientId && query.getAll("redirect_uri").join() === address,
        ),
    }),
  ),
  {
    breaks: "leads a browser to the second of two addresses",
    fails: ["oauth-authorize.redirect-uri-twice"],
    fault: () => leadingAway((query) => query.getAll("redirect_uri").length === 2),
  },
  {
    breaks: "leaves the state out of errors",
    fails: ids(
      ["oauth-authorize"],
      "response-type-unknown",
      "response-type-missing",
      "scopes-none-known",
      "challenge-plain",
      "challenge-missing",
    ),
    fault: () =>
      relocating(
        (location) => location.replace(/[?&]state=[^&]*/, ""),
        (query) => query.get("response_type") !== "token",
      ),
  },
  {
    breaks: "says server_error for an unknown response_type and for unknown scopes",
    fails: ids(["oauth-authorize"], "response-type-unknown", "scopes-none-known"),
    fault: () =>
      relocating((location) =>
        location.replace(/\?(.*)error=(unsupported_response_type|invalid_scope)/, "?$1error=server_error"),
      ),
  },
  {
    breaks: "tells an error of the implicit grant in the query",
    fails: ["oauth-authorize.implicit-error-in-fragment"],
    fault: () => relocating((location) => location.replace("#", "?")),
  },
  {
    breaks: "does not say in errors who it is",
    fails: ["oauth-authorize.errors-name-issuer"],
    fault: () => relocating((location) => location.replace(/[?&]iss=[^&]*/, "")),
  },
  {
    breaks: "has no page for consent",
    fails: ["oauth-authorize.page"],
    fault: ({ clientId }) =>
      answering(
        asked((query) => isRight(query) && query.get("client_id") === clientId),
        (answer) => changed(answer, { status: 404 }),
      ),
  },
  {
    breaks: "wants an address where the token is shown on a page",
    fails: ["oauth-authorize.web-page-empty"],
    fault: () =>
      answering(
        asked((query) => query.get("response_mode") === "web_page"),
        (answer) => changed(answer, { status: 400 }),
      ),
  },
  {
    breaks: "lets pages of other origins read the page for consent",
    fails: ["oauth-authorize.no-cors"],
    fault: () =>
      answering(isAuthorize, (answer) =>
        changed(answer, { headers: { "access-control-allow-origin": "*" } }),
      ),
  },
  {
    breaks: "lets other sites frame the page for consent",
    fails: ["oauth-authorize.not-framed"],
    fault: () =>
      answering(isAuthorize, (answer) =>
        changed(answer, { headers: { "content-security-policy": undefined, "x-frame-options": undefined } }),
      ),
  },
];
