import { NOBODY, TOKEN_ROUTES } from "../../../../../src/conformance/routes.ts";
import { changed, made } from "../../mutatingProxy.ts";
import { answering, codeOf, ids, type WrongServer } from "../../wrongServer.ts";
import {
  accepting,
  bearerOf,
  grant,
  marking,
  type Origin,
  refusing,
  remembering,
  storable,
  telling,
  validating,
} from "./requests.ts";

const SERVER = "client_credentials";
const isServer = grant(SERVER);
const isOwn = (origin: Origin | undefined) =>
  origin?.grant === SERVER && origin.form.get("scope") === "profile:create";
const SCOPED = TOKEN_ROUTES.filter(({ scope }) => scope !== undefined).map(({ name }) => `opens-no-${name}`);

/** What a client is given in its own name, wrongly. */
export const SERVER_TOKEN_FAULTS: readonly WrongServer[] = [
  {
    breaks: "answers a client in the header with text in place of JSON",
    fails: ["oauth-client.basic"],
    fault: () =>
      answering(
        (request) => isServer(request) && request.headers.has("authorization"),
        (answer) =>
          answer.status === 200 ? changed(answer, { headers: { "content-type": "text/plain" } }) : answer,
      ),
  },
  {
    breaks: "knows no client in the form",
    fails: ["oauth-client.form"],
    fault: () =>
      refusing(
        grant(SERVER, (form) => form.has("client_secret") && form.get("client_secret") !== NOBODY),
        "invalid_client",
        401,
      ),
  },
  {
    breaks: "writes Bearer to a client of its own",
    fails: ["oauth-client.token-type"],
    fault: () => telling(isServer, { token_type: "Bearer" }),
  },
  {
    breaks: "gives a client a token that is no UUID",
    fails: ["oauth-client.uuid"],
    fault: () => marking(isServer, "access_token"),
  },
  {
    breaks: "gives a client a token for longer than fits",
    fails: ["oauth-client.expires-in"],
    fault: () => telling(isServer, { expires_in: 2_147_483_648 }),
  },
  {
    breaks: "gives a client a refresh token of its own",
    fails: ["oauth-client.no-refresh-token"],
    fault: () => telling(isServer, { refresh_token: NOBODY }),
  },
  {
    breaks: "lets caches keep a client's own token",
    fails: ["oauth-client.no-store"],
    fault: () => storable(isServer, ({ status }) => status === 200),
  },
  {
    breaks: "says that a client's own token is somebody's",
    fails: ["oauth-client.validates-without-profile"],
    fault: () => validating(isOwn, (said) => ({ ...said, profile_id: "somebody" })),
  },
  {
    breaks: "says that a client's own token is another client's",
    fails: ["oauth-client.validates-client-id"],
    fault: () => validating(isOwn, (said) => ({ ...said, client_id: NOBODY })),
  },
  {
    breaks: "says that a client's own token has no scope",
    fails: ["oauth-client.validates-scopes"],
    fault: () => validating(isOwn, (said) => ({ ...said, scopes: [] })),
  },
  {
    breaks: "answers 403 to a client's own token",
    fails: ids(["oauth-client"], ...SCOPED),
    fault: () =>
      remembering((answer, request, issued) =>
        isOwn(issued.get(bearerOf(request))) && codeOf(answer) === 7011
          ? changed(answer, { status: 403 })
          : answer,
      ),
  },
  {
    breaks: "shows a client in its own name a heart rate",
    fails: ["oauth-client.personal-scope-opens-nobody"],
    fault: () =>
      remembering((answer, request, issued) => {
        const origin = issued.get(bearerOf(request));
        const isMeant = origin?.grant === SERVER && origin.form.get("scope") === "data:heart_rate:read";
        return isMeant ? made(200, '{"measured_at":1709312400000,"data":{"heart_rate":60}}') : answer;
      }),
  },
  {
    breaks: "gives a client a token for a scope that it does not know",
    fails: ["oauth-client.unknown-scope"],
    fault: () => accepting(grant(SERVER, (form) => form.get("scope") === "news:read")),
  },
  {
    breaks: "gives a client without a secret a token of its own",
    fails: ["oauth-client.public-client"],
    fault: ({ publicClientId }) =>
      accepting(grant(SERVER, (form) => form.get("client_id") === publicClientId)),
  },
];
