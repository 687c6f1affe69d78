import { area, type Rule } from "../../check.ts";
import { expectThat, shown } from "../../expectations.ts";
import type { Kit } from "../../kit.ts";
import { CLIENT, PUBLIC_CLIENT } from "../../needs.ts";
import {
  askToken,
  basic,
  clientOf,
  expectNotStored,
  expectRefusal,
  fieldIn,
  inForm,
  publicClientOf,
} from "../../oauth/forms.ts";
import { NOBODY, PATHS } from "../../routes.ts";

const SECTION = "8 OAuth 2 (token endpoint)";
const CODE = { grant_type: "authorization_code", code: NOBODY, redirect_uri: "http://127.0.0.1/callback" };
const SERVER = { grant_type: "client_credentials" };

/** RFC 6749 section 5.2 allows both for a client that did not use the header. */
const CLIENT_STATUSES = [400, 401];

const own = (kit: Kit) => inForm(clientOf(kit));

/** Requests that are wrong in one thing, and the error of RFC 6749 section 5.2 that says so. */
const WRONG: readonly (readonly [
  name: string,
  words: string,
  error: string,
  fields: (kit: Kit) => Parameters<typeof askToken>[1],
])[] = [
  [
    "grant-type-unknown",
    "A grant_type that does not exist",
    "unsupported_grant_type",
    (kit) => ({ grant_type: "password", username: "a", password: "b", ...own(kit) }),
  ],
  ["grant-type-missing", "A request without grant_type", "invalid_request", own],
  [
    "code-missing",
    "authorization_code without a code",
    "invalid_request",
    (kit) => ({ ...own(kit), grant_type: "authorization_code", redirect_uri: CODE.redirect_uri }),
  ],
  [
    "code-empty",
    "A code without a value, which counts as not sent (RFC 6749 section 3.2),",
    "invalid_request",
    (kit) => ({ ...own(kit), ...CODE, code: "" }),
  ],
  ["code-unknown", "An unknown code", "invalid_grant", (kit) => ({ ...own(kit), ...CODE })],
  [
    "refresh-token-missing",
    "refresh_token without a token",
    "invalid_request",
    (kit) => ({ ...own(kit), grant_type: "refresh_token" }),
  ],
  [
    "refresh-token-unknown",
    "An unknown refresh token",
    "invalid_grant",
    (kit) => ({ ...own(kit), grant_type: "refresh_token", refresh_token: NOBODY }),
  ],
  [
    "parameter-twice",
    "A parameter that stands there twice",
    "invalid_request",
    (kit) => [...Object.entries({ ...own(kit), ...CODE }), ["code", NOBODY]],
  ],
];

const wrong: readonly Rule[] = WRONG.map(([name, words, error, fields]) => [
  name,
  `${words} is answered 400 and ${error}.`,
  async (kit) => expectRefusal(await askToken(kit, fields(kit)), error),
  { needs: [CLIENT] },
]);

export const TOKEN_ENDPOINT = area("oauth-token", SECTION, [
  ...wrong,
  [
    "client-unknown",
    "An unknown client is answered invalid_client, whatever it asks for.",
    async (kit) => {
      for (const fields of [CODE, SERVER, { grant_type: "refresh_token", refresh_token: NOBODY }]) {
        const client = { client_id: NOBODY, client_secret: NOBODY };
        expectRefusal(await askToken(kit, { ...fields, ...client }), "invalid_client", {
          status: CLIENT_STATUSES,
        });
      }
    },
  ],
  [
    "secret-wrong",
    "A wrong secret in the form is answered invalid_client.",
    async (kit) => {
      const fields = { ...SERVER, client_id: clientOf(kit).id, client_secret: NOBODY };
      expectRefusal(await askToken(kit, fields), "invalid_client", { status: CLIENT_STATUSES });
    },
    { needs: [CLIENT] },
  ],
  [
    "secret-wrong-basic",
    "A wrong secret in the header is answered 401 and invalid_client, with a challenge for Basic.",
    async (kit) => {
      const answer = await askToken(kit, SERVER, basic({ ...clientOf(kit), secret: NOBODY }));
      expectRefusal(answer, "invalid_client", { status: [401] });
      const challenge = answer.header("www-authenticate") ?? "not there";
      expectThat(/^Basic\b/i.test(challenge), "WWW-Authenticate: Basic", `WWW-Authenticate: ${challenge}`);
    },
    { needs: [CLIENT] },
  ],
  [
    "secret-missing",
    "A client that has a secret and does not show it is answered invalid_client.",
    async (kit) => {
      const fields = { ...CODE, client_id: clientOf(kit).id };
      expectRefusal(await askToken(kit, fields), "invalid_client", { status: CLIENT_STATUSES });
    },
    { needs: [CLIENT] },
  ],
  [
    "secret-in-address",
    "A client that stands in the address and not in the form is refused (RFC 6749 section 2.3.1).",
    async (kit) => {
      const path = `${PATHS.token}?${new URLSearchParams({ ...SERVER, ...own(kit) })}`;
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const answer = await kit.ask({ method: "POST", path, headers, body: "" });
      expectRefusal(answer, ["invalid_request", "invalid_client"], { status: CLIENT_STATUSES });
    },
    { needs: [CLIENT] },
  ],
  [
    "json",
    "A body in JSON, where a form is required, is answered invalid_request.",
    async (kit) => {
      const body = JSON.stringify({ ...SERVER, ...own(kit) });
      const headers = { "content-type": "application/json" };
      const answer = await kit.ask({ method: "POST", path: PATHS.token, headers, body });
      expectRefusal(answer, "invalid_request", { status: [400, 415] });
    },
    { needs: [CLIENT] },
  ],
  [
    "get",
    "GET is refused, in JSON: the token endpoint takes POST only.",
    async (kit) => {
      const answer = await kit.ask({ path: `${PATHS.token}?${new URLSearchParams(CODE)}` });
      const isRefused = answer.status >= 400 && answer.status < 500 && answer.isJson;
      expectThat(isRefused, "an error of 400 to 499 in JSON", shown(answer));
    },
  ],
  [
    "error-no-store",
    "An error may not be kept by a cache.",
    async (kit) => expectNotStored(await askToken(kit, CODE)),
  ],
  [
    "error-keys",
    "An error is an object with the texts error and error_description, and no error_code of /api/.",
    async (kit) => {
      const answer = await askToken(kit, { ...CODE, client_id: NOBODY });
      const texts = ["error", "error_description"].map((name) => typeof fieldIn(answer, name));
      const isRight = texts.every((type) => type === "string") && fieldIn(answer, "error_code") === undefined;
      expectThat(answer.isJson && isRight, '{"error":<text>,"error_description":<text>}', shown(answer));
    },
  ],
  [
    "public-client-wrong-secret",
    "A client without a secret that shows one is answered invalid_client.",
    async (kit) => {
      const fields = { ...CODE, ...inForm(publicClientOf(kit)), client_secret: NOBODY };
      expectRefusal(await askToken(kit, fields), "invalid_client", { status: CLIENT_STATUSES });
    },
    { needs: [PUBLIC_CLIENT], isOurs: true },
  ],
]);
