import { area, type Rule } from "../../check.ts";
import type { Answer } from "../../client/answer.ts";
import { expectError, expectJson, expectSame, expectThat, shown } from "../../expectations.ts";
import type { Kit } from "../../kit.ts";
import { CLIENT, PUBLIC_CLIENT } from "../../needs.ts";
import { validate } from "../../oauth/codeFlow.ts";
import {
  askToken,
  basic,
  clientOf,
  expectExpiresIn,
  expectNotStored,
  expectRefusal,
  expectToken,
  expectUuids,
  fieldIn,
  inForm,
  publicClientOf,
  textIn,
} from "../../oauth/forms.ts";
import { askRoute, PATHS, TOKEN_ROUTES } from "../../routes.ts";

const SECTION = "8 OAuth 2 (client credentials)";
const SERVER = { grant_type: "client_credentials" };

/** What only a server may ask for (section 4). */
const SCOPE = "profile:create";

/** The token of the client itself, which is asked for once. */
function serverToken(kit: Kit): Promise<Answer> {
  return kit.once("oauth-client", () => askToken(kit, { ...SERVER, scope: SCOPE }, basic(clientOf(kit))));
}

async function said(kit: Kit): Promise<Readonly<Record<string, unknown>>> {
  const about = expectJson(await validate(kit, textIn(await serverToken(kit), "access_token")));
  return about as Readonly<Record<string, unknown>>;
}

const refused: readonly Rule[] = TOKEN_ROUTES.filter(({ scope }) => scope !== undefined).map((route) => [
  `opens-no-${route.name}`,
  `${route.title} answers the token of a client itself with 401 and 7011.`,
  async (kit) => {
    const token = textIn(await serverToken(kit), "access_token");
    expectError(await askRoute(kit, route, { token }), {
      status: 401,
      code: 7011,
      message: "error_invalid_scope",
    });
  },
]);

/** What a client is given in its own name. */
export const SERVER_TOKENS = area(
  "oauth-client",
  SECTION,
  [
    [
      "basic",
      "A client that names itself by HTTP Basic is given a token, as JSON.",
      async (kit) => expectToken(await serverToken(kit)),
    ],
    [
      "form",
      "A client that names itself in the form is given a token too.",
      async (kit) => expectToken(await askToken(kit, { ...SERVER, scope: SCOPE, ...inForm(clientOf(kit)) })),
    ],
    [
      "token-type",
      "token_type of a client's own token is bearer, in lower case.",
      async (kit) => expectSame(textIn(await serverToken(kit), "token_type"), "bearer", "token_type "),
    ],
    [
      "uuid",
      "A client's own token is a lower-case UUID of 36 characters.",
      async (kit) => expectUuids(await serverToken(kit), "access_token"),
    ],
    [
      "expires-in",
      "expires_in of a client's own token is a whole number that fits a signed 32-bit integer.",
      async (kit) => expectExpiresIn(await serverToken(kit)),
    ],
    [
      "no-refresh-token",
      "There is no refresh token: the client can ask again.",
      async (kit) => {
        const answer = await serverToken(kit);
        const isRight = answer.status === 200 && fieldIn(answer, "refresh_token") === undefined;
        expectThat(isRight, "200 without a refresh_token", shown(answer));
      },
    ],
    [
      "no-store",
      "A client's own token may not be kept by a cache.",
      async (kit) => expectNotStored(await serverToken(kit)),
    ],
    [
      "validates-without-profile",
      "The token validates with a null profile_id: it stands for nobody.",
      async (kit) => {
        const { profile_id: profileId } = await said(kit);
        expectThat(profileId === null, "null", JSON.stringify(profileId) ?? "nothing");
      },
    ],
    [
      "validates-client-id",
      "A client's own token validates with its id.",
      async (kit) => expectSame(String((await said(kit)).client_id), clientOf(kit).id, "client_id "),
    ],
    [
      "validates-scopes",
      "The token validates with the scope that was asked for.",
      async (kit) => expectSame(JSON.stringify((await said(kit)).scopes), `["${SCOPE}"]`, "scopes "),
    ],
    ...refused,
    [
      "personal-scope-opens-nobody",
      "A client that asks for a heart rate in its own name is refused, or its token opens nobody's.",
      async (kit) => {
        const scope = "data:heart_rate:read";
        const answer = await askToken(kit, { ...SERVER, scope }, basic(clientOf(kit)));
        if (answer.status === 400) return expectRefusal(answer, ["invalid_scope", "unauthorized_client"]);
        const latest = await kit.ask({ path: PATHS.latest, token: textIn(answer, "access_token") });
        expectThat(latest.status >= 400 && latest.status < 500, "an error of 400 to 499", shown(latest));
      },
    ],
    [
      "unknown-scope",
      "A scope list of which nothing is known is answered 400 and invalid_scope.",
      async (kit) =>
        expectRefusal(
          await askToken(kit, { ...SERVER, scope: "news:read" }, basic(clientOf(kit))),
          "invalid_scope",
        ),
    ],
    [
      "public-client",
      "A client without a secret is given no token of its own.",
      async (kit) =>
        expectRefusal(
          await askToken(kit, { ...SERVER, scope: SCOPE, ...inForm(publicClientOf(kit)) }),
          ["invalid_client", "unauthorized_client"],
          { status: [400, 401] },
        ),
      { needs: [PUBLIC_CLIENT] },
    ],
  ],
  [CLIENT],
);
