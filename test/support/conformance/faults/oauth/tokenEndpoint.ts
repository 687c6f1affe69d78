import { NOBODY } from "../../../../../src/conformance/routes.ts";
import { changed, type Passed } from "../../mutatingProxy.ts";
import { answering, path, rewriting, type WrongServer } from "../../wrongServer.ts";
import { accepting, formOf, grant, isToken, storable } from "./requests.ts";

const isMetadata = path("/.well-known/oauth-authorization-server");

interface Metadata {
  readonly [name: string]: readonly string[];
}

const METADATA: readonly WrongServer[] = [
  {
    breaks: "calls itself by an address with a query",
    fails: [
      "oauth-metadata.issuer",
      "oauth-metadata.endpoints",
      "oauth-authorize.errors-name-issuer",
      "oauth-code.issuer",
      "oauth-implicit.issuer",
    ],
    fault: () => rewriting<Metadata>(isMetadata, (body) => ({ ...body, issuer: `${body.issuer}?v=1` })),
  },
  {
    breaks: "names another token endpoint in its metadata",
    fails: ["oauth-metadata.endpoints"],
    fault: () =>
      rewriting<Metadata>(isMetadata, (body) => ({ ...body, token_endpoint: `${body.issuer}/token` })),
  },
  {
    breaks: "lists a grant that it does not know",
    fails: ["oauth-metadata.grant-types"],
    fault: () =>
      rewriting<Metadata>(isMetadata, (body) => ({
        ...body,
        grant_types_supported: [...(body.grant_types_supported ?? []), "password"],
      })),
  },
  {
    breaks: "lists no grant but codes",
    fails: ["oauth-metadata.grant-types"],
    fault: () =>
      rewriting<Metadata>(isMetadata, (body) => ({ ...body, grant_types_supported: ["authorization_code"] })),
  },
  {
    breaks: "lists a response type that it does not know",
    fails: ["oauth-metadata.response-types"],
    fault: () =>
      rewriting<Metadata>(isMetadata, (body) => ({
        ...body,
        response_types_supported: [...(body.response_types_supported ?? []), "id_token"],
      })),
  },
  {
    breaks: "lists plain as a method of PKCE",
    fails: ["oauth-metadata.code-challenge-methods"],
    fault: () =>
      rewriting<Metadata>(isMetadata, (body) => ({
        ...body,
        code_challenge_methods_supported: ["plain", "S256"],
      })),
  },
];

const isForm = ({ headers }: Passed) => headers.get("content-type") === "application/x-www-form-urlencoded";
const ofGrant = (type: string) => grant(type, (form) => form.get("client_secret") !== NOBODY);

/** What is refused and should be, by rule, with a request that is accepted in its place. */
const ACCEPTED: readonly (readonly [
  rule: string,
  breaks: string,
  isMeant: (request: Passed, clientId: string, publicClientId: string) => boolean,
])[] = [
  ["grant-type-unknown", "takes a person's password", grant("password")],
  [
    "grant-type-missing",
    "takes a request without grant_type",
    (request) =>
      isToken(request) && isForm(request) && request.body.length > 0 && !formOf(request).has("grant_type"),
  ],
  [
    "code-missing",
    "takes authorization_code without a code",
    grant("authorization_code", (form) => !form.has("code")),
  ],
  ["code-empty", "takes an empty code", grant("authorization_code", (form) => form.get("code") === "")],
  [
    "code-unknown",
    "takes any code",
    grant(
      "authorization_code",
      (form) =>
        form.getAll("code").join() === NOBODY &&
        form.has("client_secret") &&
        form.get("client_secret") !== NOBODY,
    ),
  ],
  [
    "refresh-token-missing",
    "takes refresh_token without a token",
    grant("refresh_token", (form) => !form.has("refresh_token")),
  ],
  [
    "refresh-token-unknown",
    "takes any refresh token",
    (request) => ofGrant("refresh_token")(request) && formOf(request).get("refresh_token") === NOBODY,
  ],
  [
    "parameter-twice",
    "takes the first of two codes",
    grant("authorization_code", (form) => form.getAll("code").length === 2),
  ],
  [
    "client-unknown",
    "takes an unknown client",
    (request) =>
      formOf(request).get("client_id") === NOBODY && formOf(request).get("client_secret") === NOBODY,
  ],
  [
    "secret-wrong",
    "takes a wrong secret",
    (request, clientId) =>
      formOf(request).get("client_id") === clientId && formOf(request).get("client_secret") === NOBODY,
  ],
  [
    "secret-missing",
    "takes a code without the client's secret",
    (request, clientId) =>
      grant(
        "authorization_code",
        (form) =>
          form.get("code") === NOBODY && form.get("client_id") === clientId && !form.has("client_secret"),
      )(request),
  ],
  [
    "secret-in-address",
    "takes a secret in the address",
    (request) => isToken(request) && request.query.has("client_secret"),
  ],
  ["json", "takes JSON for a form", (request) => isToken(request) && !isForm(request)],
  [
    "public-client-wrong-secret",
    "does not mind a secret of a client that has none",
    (request, _, publicClientId) =>
      formOf(request).get("client_id") === publicClientId && formOf(request).get("client_secret") === NOBODY,
  ],
];

const isRefused = ({ status }: { readonly status: number }) => status >= 400;

export const TOKEN_ENDPOINT_FAULTS: readonly WrongServer[] = [
  ...METADATA,
  ...ACCEPTED.map(
    ([rule, breaks, isMeant]): WrongServer => ({
      breaks: `${breaks} at the token endpoint`,
      fails: [`oauth-token.${rule}`],
      fault: ({ clientId = "", publicClientId = "" }) =>
        accepting((request) => isMeant(request, clientId, publicClientId)),
    }),
  ),
  {
    breaks: "does not challenge a client whose secret in the header is wrong",
    fails: ["oauth-token.secret-wrong-basic"],
    fault: () =>
      answering(isToken, (answer) => changed(answer, { headers: { "www-authenticate": undefined } })),
  },
  {
    breaks: "answers GET at the token endpoint with a page",
    fails: ["oauth-token.get"],
    fault: () =>
      answering(
        (request) => request.path === "/oauth2/token" && request.method === "GET",
        (answer) => changed(answer, { headers: { "content-type": "text/html" }, body: "<h1>No</h1>" }),
      ),
  },
  {
    breaks: "lets caches keep the errors of the token endpoint",
    fails: ["oauth-token.error-no-store"],
    fault: () => storable(isToken, isRefused),
  },
  {
    breaks: "writes the error codes of /api/ into errors of the token endpoint",
    fails: ["oauth-token.error-keys"],
    fault: () =>
      answering(isToken, (answer) =>
        isRefused(answer)
          ? changed(answer, { body: JSON.stringify({ ...(answer.json as object), error_code: 8001 }) })
          : answer,
      ),
  },
];
