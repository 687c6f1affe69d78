import { OPCODE } from "../../../../../src/conformance/client/frames.ts";
import { NOBODY } from "../../../../../src/conformance/routes.ts";
import { changed, closeFrame, type Fault, made, type Passed } from "../../mutatingProxy.ts";
import { answering, type WrongServer } from "../../wrongServer.ts";
import {
  accepting,
  bearerOf,
  counting,
  formOf,
  grant,
  isToken,
  isValidate,
  marking,
  storable,
  telling,
  validating,
} from "./requests.ts";

const REFRESH = "refresh_token";
const isRefresh = grant(REFRESH);
const isReal = (form: URLSearchParams) => ![null, "", NOBODY].includes(form.get(REFRESH));
const REFUSED = '{"error":"invalid_grant","error_description":"no"}';

/** The pairs that were given out, and which of them were refreshed. */
class Pairs {
  readonly #refreshTokens = new Map<string, string>();
  readonly #used = new Set<string>();

  /** Changes answers by what became of pairs before. */
  answering(change: (answer: ReturnType<typeof made>, request: Passed) => ReturnType<typeof made>): Fault {
    return {
      answer: async (request, next) => {
        const used = isRefresh(request) ? formOf(request).get(REFRESH) : null;
        if (used !== null) this.#used.add(used);
        const answer = await next(request);
        const said = answer.json as Readonly<Record<string, string>> | undefined;
        if (isToken(request) && answer.status === 200)
          this.#refreshTokens.set(said?.access_token ?? "", said?.refresh_token ?? "");
        return change(answer, request);
      },
    };
  }

  /** Whether the pair of an access token was refreshed. */
  isOld(accessToken: string): boolean {
    return this.#used.has(this.#refreshTokens.get(accessToken) ?? "none");
  }

  isRefreshToken(token: string): boolean {
    return [...this.#refreshTokens.values()].includes(token);
  }

  isAccessToken(token: string): boolean {
    return this.#refreshTokens.has(token);
  }
}

/** Answers the second, third or later use of a refresh token otherwise. */
function using(count: number, answer: (ours: ReturnType<typeof made>) => ReturnType<typeof made>): Fault {
  const counted = counting();
  return answering(
    grant(REFRESH, (form) => isReal(form) && form.has("client_secret") && !form.has("scope")),
    (ours, request) => (counted(formOf(request).get(REFRESH) ?? "") === count ? answer(ours) : ours),
  );
}

function leavingSocketsOpen(): Fault {
  const pairs = new Pairs();
  return {
    ...pairs.answering((answer) => answer),
    frame: (frame, request) =>
      frame.opcode === OPCODE.close && pairs.isOld(bearerOf(request)) ? [closeFrame(1001)] : [frame],
  };
}

function lettingOldTokensLive(): Fault {
  const pairs = new Pairs();
  return pairs.answering((answer, request) =>
    isValidate(request) && answer.status === 401 && pairs.isOld(bearerOf(request)) ? made(200, "{}") : answer,
  );
}

/** Refuses a refresh token that is used a third time, and does no more. */
function forgiving(): Fault {
  const count = counting();
  return {
    answer: async (request, next) =>
      grant(REFRESH, isReal)(request) && count(formOf(request).get(REFRESH) ?? "") === 3
        ? made(400, REFUSED)
        : await next(request),
  };
}

function takingAccessTokens(): Fault {
  const pairs = new Pairs();
  return pairs.answering((answer, request) =>
    isRefresh(request) && pairs.isAccessToken(formOf(request).get(REFRESH) ?? "")
      ? made(200, `{"access_token":"${NOBODY}"}`)
      : answer,
  );
}

function openingToRefreshTokens(): Fault {
  const pairs = new Pairs();
  return pairs.answering((answer, request) =>
    isValidate(request) && pairs.isRefreshToken(bearerOf(request)) ? made(200, "{}") : answer,
  );
}

/** Keeps the old refresh token in the new pair. */
function keepingRefreshToken(): Fault {
  return answering(isRefresh, (answer, request) =>
    answer.status === 200
      ? changed(answer, {
          body: JSON.stringify({ ...(answer.json as object), refresh_token: formOf(request).get(REFRESH) }),
        })
      : answer,
  );
}

/** Pairs that are refreshed wrongly. */
export const REFRESH_FAULTS: readonly WrongServer[] = [
  {
    breaks: "refreshes with access tokens that are no UUIDs",
    fails: ["oauth-refresh.answers"],
    fault: () => marking(isRefresh, "access_token"),
  },
  { breaks: "keeps a refresh token", fails: ["oauth-refresh.rotates"], fault: keepingRefreshToken },
  {
    breaks: "writes Bearer for a refresh token",
    fails: ["oauth-refresh.token-type"],
    fault: () => telling(isRefresh, { token_type: "Bearer" }),
  },
  {
    breaks: "lets caches keep a refreshed pair",
    fails: ["oauth-refresh.no-store"],
    fault: () => storable(isRefresh, ({ status }) => status === 200),
  },
  {
    breaks: "forgets a scope when it refreshes",
    fails: ["oauth-refresh.validates"],
    fault: () =>
      validating(
        (origin) => origin.grant === REFRESH,
        (said) => ({ ...said, scopes: ["profile:read"] }),
      ),
  },
  {
    breaks: "lets the old access token live on",
    fails: ["oauth-refresh.old-access-token-ends"],
    fault: lettingOldTokensLive,
  },
  {
    breaks: "closes the sockets of a refreshed token with 1001",
    fails: ["oauth-refresh.old-socket-ends"],
    fault: leavingSocketsOpen,
  },
  {
    breaks: "refuses a refresh token that is repeated at once",
    fails: ["oauth-refresh.repeated"],
    fault: () => using(2, () => made(400, REFUSED)),
  },
  {
    breaks: "takes an old refresh token for ever",
    fails: ["oauth-refresh.old-refresh-token-ends"],
    fault: () => using(3, () => made(200, `{"access_token":"${NOBODY}"}`)),
  },
  {
    breaks: "lets the tokens of a stolen refresh token live on",
    fails: ["oauth-refresh.reuse-revokes"],
    fault: forgiving,
  },
  {
    breaks: "refreshes without the client's secret",
    fails: ["oauth-refresh.secret-missing"],
    fault: ({ clientId }) =>
      accepting(grant(REFRESH, (form) => form.get("client_id") === clientId && !form.has("client_secret"))),
  },
  {
    breaks: "refreshes with more scopes than were granted",
    fails: ["oauth-refresh.more-scopes"],
    fault: () => accepting(grant(REFRESH, (form) => form.has("scope"))),
  },
  {
    breaks: "takes an access token for a refresh token",
    fails: ["oauth-refresh.access-token-is-no-refresh-token"],
    fault: takingAccessTokens,
  },
  {
    breaks: "takes a refresh token for an access token",
    fails: ["oauth-refresh.refresh-token-opens-nothing"],
    fault: openingToRefreshTokens,
  },
  {
    breaks: "refreshes for another client",
    fails: ["oauth-refresh.another-client"],
    fault: ({ publicClientId }) =>
      accepting(grant(REFRESH, (form) => form.get("client_id") === publicClientId)),
  },
];
