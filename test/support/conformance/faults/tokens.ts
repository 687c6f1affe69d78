import type { ConformanceOptions } from "../../../../src/conformance/index.ts";
import { NOBODY, TOKEN_ROUTES } from "../../../../src/conformance/routes.ts";
import { changed, made, type Passed, withHeaders } from "../mutatingProxy.ts";
import { answering, asking, codeOf, ids, rewriting, type WrongServer } from "../wrongServer.ts";

const ROUTES = TOKEN_ROUTES.map(({ name }) => name);
const SCOPED = TOKEN_ROUTES.filter(({ scope }) => scope !== undefined).map(({ name }) => name);
const QUERY = TOKEN_ROUTES.filter(({ readsQuery }) => readsQuery).map(({ name }) => name);
const NO_QUERY = TOKEN_ROUTES.filter(({ readsQuery }) => !readsQuery).map(({ name }) => name);

const header = ({ headers }: Passed) => headers.get("authorization");
const inQuery = ({ query }: Passed) => query.get("access_token");
const isBare = (request: Passed) =>
  header(request) === undefined && inQuery(request) === null && !request.headers.has("cookie");
const isUnknown = (request: Passed) =>
  header(request) === `Bearer ${NOBODY}` &&
  inQuery(request) === null &&
  request.body.toString() !== "no JSON";

/** Requests with a token that the kit was given, and none that an app was. */
function isGiven({ readToken, writeToken, tokens = [] }: ConformanceOptions): (request: Passed) => boolean {
  const given = [readToken, writeToken, ...tokens].map((token) => `Bearer ${token}`);
  return (request) => given.includes(header(request) ?? "");
}

function withoutQueryToken(request: Passed): Passed {
  const query = new URLSearchParams(request.query);
  query.delete("access_token");
  return { ...request, query };
}

/** What is wrong with a token is told wrongly. */
const ERRORS: readonly WrongServer[] = [
  {
    breaks: "answers 403 where no token was sent",
    fails: ids(ROUTES, "token-missing"),
    fault: () =>
      answering(isBare, (answer) => (codeOf(answer) === 7009 ? changed(answer, { status: 403 }) : answer)),
  },
  {
    breaks: "puts an error into the challenge where no token was sent",
    fails: ids(ROUTES, "token-missing"),
    fault: () =>
      answering(isBare, (answer) =>
        codeOf(answer) === 7009
          ? changed(answer, { headers: { "www-authenticate": 'Bearer error="invalid_token"' } })
          : answer,
      ),
  },
  {
    breaks: "takes another scheme for no token",
    fails: ids(ROUTES, "token-of-another-scheme"),
    fault: () =>
      asking((request) =>
        // Clients of OAuth name themselves by it.
        /^Basic/.test(header(request) ?? "") && request.path !== "/oauth2/token"
          ? withHeaders(request, { authorization: undefined })
          : request,
      ),
  },
  {
    breaks: "takes a malformed token for an unknown one",
    fails: ids(ROUTES, "token-malformed"),
    fault: () =>
      asking((request) =>
        header(request) === "Bearer not-a-uuid"
          ? withHeaders(request, { authorization: `Bearer ${NOBODY}` })
          : request,
      ),
  },
  {
    breaks: "sends no challenge to an unknown token",
    fails: ids(ROUTES, "token-unknown"),
    fault: () =>
      answering(isUnknown, (answer) => changed(answer, { headers: { "www-authenticate": undefined } })),
  },
  {
    breaks: "answers an unknown token with text in place of JSON",
    fails: [...ids(ROUTES, "token-unknown"), "whole-run.every-error-is-json"],
    fault: () =>
      answering(isUnknown, (answer) =>
        changed(answer, { headers: { "content-type": "text/html" }, body: "Unauthorized" }),
      ),
  },
  {
    breaks: "writes error codes as text",
    fails: [...ids(ROUTES, "token-unknown"), "whole-run.every-error-is-json"],
    fault: () =>
      answering(isUnknown, (answer) =>
        changed(answer, { body: '{"error_code":"7005","error_message":"token_not_found"}' }),
      ),
  },
  {
    breaks: "takes an expired token for an unknown one",
    fails: ids(ROUTES, "token-expired"),
    fault: ({ expiredToken }) =>
      asking((request) =>
        header(request) === `Bearer ${expiredToken}`
          ? withHeaders(request, { authorization: `Bearer ${NOBODY}` })
          : request,
      ),
  },
  {
    breaks: "answers 403 where a scope is missing",
    fails: ids(SCOPED, "scope-missing"),
    fault: (given) =>
      answering(isGiven(given), (answer) =>
        codeOf(answer) === 7011 ? changed(answer, { status: 403 }) : answer,
      ),
  },
];

/** Tokens are read where they should not be, or not where they should. */
const PASSING: readonly WrongServer[] = [
  {
    breaks: "lets a cookie open what a token should",
    fails: ids(ROUTES, "cookie-opens-nothing"),
    fault: () =>
      asking((request) => {
        const token = /access_token=([^;]*)/.exec(request.headers.get("cookie") ?? "")?.[1];
        return token === undefined ? request : withHeaders(request, { authorization: `Bearer ${token}` });
      }),
  },
  {
    breaks: "knows the scheme only as Bearer",
    fails: ids(ROUTES, "bearer-in-any-case"),
    fault: () => ({
      answer: (request, next) =>
        /^Bearer /.test(header(request) ?? "Bearer ") || /^Basic /.test(header(request) ?? "")
          ? next(request)
          : made(401, '{"error_code":7010,"error_message":"error_authorization_header_has_wrong_format"}', {
              "www-authenticate": "Bearer",
            }),
    }),
  },
  {
    breaks: "reads a token from the query everywhere, and before the header",
    fails: [...ids(NO_QUERY, "query-token-not-read"), ...ids(QUERY, "tokens-that-differ")],
    fault: () =>
      asking((request) =>
        inQuery(request) === null
          ? request
          : withHeaders(request, { authorization: `Bearer ${inQuery(request)}` }),
      ),
  },
  {
    breaks: "reads no token from the query",
    fails: ids(
      QUERY,
      "token-in-query",
      "tokens-that-differ",
      "token-in-query-malformed",
      "token-in-query-unknown",
    ),
    fault: () => asking(withoutQueryToken),
  },
  {
    breaks: "refuses a good token in the query",
    fails: ids(QUERY, "token-in-query"),
    fault: ({ tokens, readToken, writeToken }) => ({
      answer: (request, next) => {
        const good = [readToken, writeToken, ...(tokens ?? [])];
        return header(request) === undefined && good.includes(inQuery(request) ?? "")
          ? next(withoutQueryToken(request))
          : next(request);
      },
    }),
  },
  {
    breaks: "refuses a token that is sent twice",
    fails: ids(QUERY, "token-twice-the-same"),
    fault: () => ({
      answer: (request, next) =>
        header(request) === `Bearer ${inQuery(request)}`
          ? made(400, '{"error_code":8002,"error_message":"two tokens"}')
          : next(request),
    }),
  },
  {
    breaks: "takes the header where the query names another token",
    fails: ids(QUERY, "tokens-that-differ"),
    fault: () => asking((request) => (header(request) === undefined ? request : withoutQueryToken(request))),
  },
  {
    breaks: "takes a malformed token in the query for none",
    fails: ids(QUERY, "token-in-query-malformed"),
    fault: () =>
      asking((request) => (inQuery(request) === "not-a-uuid" ? withoutQueryToken(request) : request)),
  },
  {
    breaks: "answers 403 to an unknown token in the query",
    fails: ids(QUERY, "token-in-query-unknown"),
    fault: () =>
      answering(
        (request) => inQuery(request) === NOBODY && header(request) === undefined,
        (answer) => (codeOf(answer) === 7005 ? changed(answer, { status: 403 }) : answer),
      ),
  },
];

/** A bad token in the query, which is answered 401 with a challenge too. */
const QUERY_CHALLENGE: WrongServer = {
  breaks: "sends no challenge to a bad token in the query",
  fails: ids(QUERY, "token-in-query-malformed", "token-in-query-unknown"),
  fault: () =>
    answering(
      (request) => inQuery(request) !== null && header(request) === undefined,
      (answer) =>
        [7005, 7010].includes(codeOf(answer))
          ? changed(answer, { headers: { "www-authenticate": undefined } })
          : answer,
    ),
};

interface Validation {
  readonly token: string;
  readonly client_id: string;
  readonly profile_id: string;
}

const isValidation = ({ path }: Passed) => path === "/api/v1/token/validate";

/** A fault that shows only when a token is asked about for the second time: the kit asks about each at the start. */
function fromSecondTime(rewrite: (body: Validation) => unknown, token: string) {
  let asked = 0;
  return rewriting<Validation>(isValidation, (body) => {
    if (body.token !== token) return body;
    asked++;
    return asked > 1 ? rewrite(body) : body;
  });
}

const VALIDATION: readonly WrongServer[] = [
  {
    breaks: "tells of a token in another order of keys",
    fails: ["validate.keys"],
    fault: () =>
      rewriting<Record<string, unknown>>(isValidation, (body) =>
        Object.fromEntries(Object.entries(body).reverse()),
      ),
  },
  {
    breaks: "tells the token without its dashes",
    fails: ["validate.token"],
    fault: () =>
      rewriting<Validation>(isValidation, (body) => ({ ...body, token: body.token.replaceAll("-", "") })),
  },
  {
    breaks: "tells the client's id in capitals",
    fails: ["validate.client-id"],
    fault: (given) =>
      rewriting<Validation>(
        (request) => isValidation(request) && isGiven(given)(request),
        (body) => ({ ...body, client_id: body.client_id.toUpperCase() }),
      ),
  },
  {
    breaks: "lets tokens live longer than 32 bits can say",
    fails: ["validate.expires-in"],
    fault: () => rewriting<Validation>(isValidation, (body) => ({ ...body, expires_in: 31_536_000_000 })),
  },
  {
    breaks: "gives each token a profile of its own",
    fails: ["validate.profile-id"],
    fault: ({ writeToken }) =>
      fromSecondTime((body) => ({ ...body, profile_id: body.token }), writeToken ?? ""),
  },
  {
    breaks: "tells scopes as one text",
    fails: ["validate.scopes"],
    fault: ({ writeToken }) =>
      fromSecondTime((body) => ({ ...body, scopes: "data:heart_rate:write" }), writeToken ?? ""),
  },
  {
    breaks: "wants the body of a validation that declares one",
    fails: ["validate.content-type-ignored"],
    fault: () =>
      answering(
        (request) => isValidation(request) && request.headers.has("content-type"),
        () => made(400, '{"error_code":8001,"error_message":"body: expected JSON"}'),
      ),
  },
  {
    breaks: "gives a server's token a profile",
    fails: ["validate.server-token"],
    fault: ({ serverToken }) =>
      rewriting<Validation>(isValidation, (body) =>
        body.token === serverToken ? { ...body, profile_id: "server" } : body,
      ),
  },
  {
    breaks: "lets a server's token read somebody's heart rate",
    fails: ["validate.server-token-opens-nobody"],
    fault: ({ serverToken, readToken }) =>
      asking((request) =>
        header(request) === `Bearer ${serverToken}` && !isValidation(request)
          ? withHeaders(request, { authorization: `Bearer ${readToken}` })
          : request,
      ),
  },
];

export const TOKEN_FAULTS: readonly WrongServer[] = [...ERRORS, ...PASSING, QUERY_CHALLENGE, ...VALIDATION];
