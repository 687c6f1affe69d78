import { WRONG_VERIFIER } from "../../../../../src/conformance/checks/oauth/code.ts";
import { NOBODY } from "../../../../../src/conformance/routes.ts";
import { changed, type Fault, made, withBody } from "../../mutatingProxy.ts";
import { answering, path, type WrongServer } from "../../wrongServer.ts";
import {
  accepting,
  bearerOf,
  counting,
  formOf,
  grant,
  leading,
  marking,
  type Origin,
  refusing,
  remembering,
  storable,
  telling,
  validating,
} from "./requests.ts";

const CODE = "authorization_code";
const isCode = grant(CODE);
const hasVerifier = (form: URLSearchParams) => form.has("code_verifier");
const isConfidential = (form: URLSearchParams) => form.has("client_secret");
const isReal = (form: URLSearchParams) => ![null, "", NOBODY].includes(form.get("code"));
const ofCode = ({ grant, form }: Origin) => grant === CODE && isConfidential(form);

/** Gives out codes with a letter before them, and takes them back so. */
function markingCodes(): Fault {
  const { answer: lead } = leading("code", true, (url) => {
    url.searchParams.set("code", `x-${url.searchParams.get("code")}`);
    return undefined;
  });
  return {
    answer: (request, next) => {
      const body = request.body.toString();
      return lead?.(isCode(request) ? withBody(request, body.replace("code=x-", "code=")) : request, next);
    },
  };
}

/** Takes a code again, where its client does nothing else wrong. */
function redeemingTwice(): Fault {
  const count = counting();
  return answering(isCode, (answer, request) => {
    const form = formOf(request);
    const isSecond = count(`${form.get("code")} ${form.get("redirect_uri")}`) === 2;
    return isSecond && isReal(form) ? made(200, `{"access_token":"${NOBODY}"}`) : answer;
  });
}

const OTHER_ADDRESS = "http://127.0.0.1/callback";

/** Does not look at the redirect address of a code that comes for the first time. */
function anyAddress(): Fault {
  const count = counting();
  return answering(grant(CODE, isReal), (answer, request) => {
    const form = formOf(request);
    const isFirst = count(form.get("code") ?? "") === 1;
    return isFirst && form.get("redirect_uri") === OTHER_ADDRESS
      ? made(200, `{"access_token":"${NOBODY}"}`)
      : answer;
  });
}

/** Refuses a code that comes a second time, and does no more. */
function forgiving(): Fault {
  const count = counting();
  return {
    answer: async (request, next) => {
      const form = formOf(request);
      const isSecond = grant(CODE, isReal)(request) && count(form.get("code") ?? "") > 1;
      return isSecond && form.get("redirect_uri") === OTHER_ADDRESS
        ? made(400, '{"error":"invalid_grant","error_description":"no"}')
        : await next(request);
    },
  };
}

const listOf = (said: Readonly<Record<string, unknown>>) => said.scopes as readonly string[];

/** What comes back to the app. */
const ARRIVING: readonly WrongServer[] = [
  {
    breaks: "sends a code twice in one address",
    fails: ["oauth-code.arrives"],
    fault: () =>
      leading("code", true, (url) => {
        url.searchParams.append("code", NOBODY);
        return undefined;
      }),
  },
  { breaks: "gives out codes that are no UUIDs", fails: ["oauth-code.code-uuid"], fault: markingCodes },
  {
    breaks: "takes a plus in the state of a code for a space",
    fails: ["oauth-code.state"],
    fault: () =>
      leading("code", true, (url) => {
        url.searchParams.set("state", (url.searchParams.get("state") ?? "").replace("+", " "));
        return undefined;
      }),
  },
  {
    breaks: "does not say with a code who it is",
    fails: ["oauth-code.issuer"],
    fault: () =>
      leading("code", true, (url) => {
        url.searchParams.delete("iss");
        return undefined;
      }),
  },
  {
    breaks: "forgets the state where somebody denies a code",
    fails: ["oauth-code.denied"],
    fault: () =>
      leading("code", false, (url) => {
        url.searchParams.delete("state");
        return undefined;
      }),
  },
];

/** What a code is redeemed for. */
const REDEEMED: readonly WrongServer[] = [
  {
    breaks: "answers a code with text in place of JSON",
    fails: ["oauth-code.redeems"],
    fault: () =>
      answering(
        grant(CODE, (form) => !hasVerifier(form)),
        (answer) =>
          answer.status === 200 ? changed(answer, { headers: { "content-type": "text/plain" } }) : answer,
      ),
  },
  {
    breaks: "gives out refresh tokens that are no UUIDs",
    fails: ["oauth-code.uuids"],
    fault: () => marking(isCode, "refresh_token"),
  },
  {
    breaks: "writes Bearer for a code",
    fails: ["oauth-code.token-type"],
    fault: () => telling(isCode, { token_type: "Bearer" }),
  },
  {
    breaks: "gives for a code a token for longer than fits",
    fails: ["oauth-code.expires-in", "oauth-code.hour"],
    fault: () => telling(isCode, { expires_in: 2_147_483_648 }),
  },
  {
    breaks: "gives for a code a token for a day",
    fails: ["oauth-code.hour"],
    fault: () => telling(isCode, { expires_in: 86_400 }),
  },
  {
    breaks: "lets caches keep the tokens of a code",
    fails: ["oauth-code.no-store"],
    fault: () => storable(isCode, ({ status }) => status === 200),
  },
  {
    breaks: "does not tell which scopes were granted",
    fails: ["oauth-code.scope-told"],
    fault: () => telling(isCode, { scope: undefined }),
  },
  { breaks: "takes a code twice", fails: ["oauth-code.code-twice"], fault: redeemingTwice },
  {
    breaks: "says that the token of a code is another client's",
    fails: ["oauth-code.validates-client-id"],
    fault: () => validating(ofCode, (said) => ({ ...said, client_id: NOBODY })),
  },
  {
    breaks: "says that the token of a code is somebody else's",
    fails: ["oauth-code.validates-profile-id"],
    fault: () => validating(ofCode, (said) => ({ ...said, profile_id: "somebody" })),
  },
  {
    breaks: "takes scopes with commas for the first of them",
    fails: ["oauth-code.scopes-by-comma"],
    fault: () => validating(ofCode, (said) => ({ ...said, scopes: listOf(said).slice(0, 1) })),
  },
  {
    breaks: "grants a scope that it does not know",
    fails: ["oauth-code.unknown-scope-dropped"],
    fault: () => validating(ofCode, (said) => ({ ...said, scopes: [...listOf(said), "news:read"] })),
  },
  {
    breaks: "opens widgets to a token that lacks their scope",
    fails: ["oauth-code.opens"],
    fault: () =>
      remembering((answer, request, issued) =>
        path("/api/v1/widgets")(request) && issued.get(bearerOf(request))?.grant === CODE
          ? made(200, '{"widgets":[]}')
          : answer,
      ),
  },
];

/** Codes that should be refused. */
const REFUSED: readonly WrongServer[] = [
  {
    breaks: "does not look at the redirect address of a code",
    fails: ["oauth-code.redirect-uri-wrong"],
    fault: anyAddress,
  },
  {
    breaks: "takes a code without its redirect address",
    fails: ["oauth-code.redirect-uri-missing"],
    fault: () => accepting(grant(CODE, (form) => !form.has("redirect_uri"))),
  },
  {
    breaks: "takes a code without the client's secret",
    fails: ["oauth-code.secret-missing"],
    fault: ({ clientId }) =>
      accepting(
        grant(CODE, (form) => isReal(form) && form.get("client_id") === clientId && !isConfidential(form)),
      ),
  },
  {
    breaks: "lets the tokens of a stolen code live on",
    fails: ["oauth-code.code-twice-revokes"],
    fault: forgiving,
  },
  {
    breaks: "does not know PKCE with a client that has a secret",
    fails: ["oauth-code.challenge-of-confidential"],
    fault: () =>
      answering(
        grant(CODE, (form) => hasVerifier(form) && isConfidential(form)),
        (answer) => (answer.status === 200 ? made(400, '{"error":"invalid_request"}') : answer),
      ),
  },
  {
    breaks: "does not mind a verifier without a challenge",
    fails: ["oauth-code.verifier-without-challenge"],
    fault: () =>
      accepting(grant(CODE, (form) => form.get("code_verifier") === WRONG_VERIFIER && isConfidential(form))),
  },
];

const isPublic = (form: URLSearchParams, publicClientId: string | undefined) =>
  isReal(form) && form.get("client_id") === publicClientId;

/** Clients that have to prove themselves. */
const PROVING: readonly WrongServer[] = [
  {
    breaks: "does not take a right verifier",
    fails: ["oauth-pkce.redeems", "oauth-pkce.validates-client-id"],
    fault: ({ publicClientId }) =>
      refusing(
        grant(CODE, (form) => isPublic(form, publicClientId) && hasVerifier(form) && !isConfidential(form)),
        "invalid_grant",
      ),
  },
  {
    breaks: "does not look at the verifier",
    fails: ["oauth-pkce.verifier-wrong"],
    fault: () =>
      accepting(grant(CODE, (form) => form.get("code_verifier") === WRONG_VERIFIER && !isConfidential(form))),
  },
  {
    breaks: "does not miss the verifier",
    fails: ["oauth-pkce.verifier-missing"],
    fault: ({ publicClientId }) =>
      accepting(
        grant(CODE, (form) => isPublic(form, publicClientId) && !hasVerifier(form) && !isConfidential(form)),
      ),
  },
  {
    breaks: "gives a client the tokens of another's code",
    fails: ["oauth-pkce.another-client"],
    fault: () =>
      accepting(
        grant(
          CODE,
          (form) => hasVerifier(form) && isConfidential(form) && form.get("code_verifier") !== WRONG_VERIFIER,
        ),
      ),
  },
  {
    breaks: "says that a public client's token is another's",
    fails: ["oauth-pkce.validates-client-id"],
    fault: () =>
      validating(
        ({ grant, form }) => grant === CODE && !isConfidential(form),
        (said) => ({ ...said, client_id: NOBODY }),
      ),
  },
];

export const CODE_FAULTS: readonly WrongServer[] = [...ARRIVING, ...REDEEMED, ...REFUSED, ...PROVING];
