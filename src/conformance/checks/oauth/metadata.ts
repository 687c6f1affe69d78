import { area } from "../../check.ts";
import { expectJson, expectSame, expectThat } from "../../expectations.ts";
import type { Kit } from "../../kit.ts";
import { CLIENT } from "../../needs.ts";
import { askToken, clientOf, inForm, textIn } from "../../oauth/forms.ts";
import { NOBODY, PATHS } from "../../routes.ts";

const SECTION = "8 OAuth 2 (metadata, RFC 8414)";
const ours = { isOurs: true } as const;

/** By the names of RFC 8414 section 2. */
const ENDPOINTS = {
  authorization_endpoint: PATHS.authorize,
  token_endpoint: PATHS.token,
  revocation_endpoint: PATHS.revoke,
  device_authorization_endpoint: PATHS.device,
};

/** What a client has to show for each grant, so that it is refused for that and not for its grant_type. */
const GRANTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  authorization_code: { code: NOBODY, redirect_uri: "http://127.0.0.1/callback" },
  refresh_token: { refresh_token: NOBODY },
  client_credentials: { scope: "profile:create" },
  "urn:ietf:params:oauth:grant-type:device_code": { device_code: NOBODY },
};

async function metadata(kit: Kit): Promise<Readonly<Record<string, unknown>>> {
  const said = expectJson(await kit.ask({ path: PATHS.metadata }));
  expectThat(typeof said === "object" && said !== null, "an object", JSON.stringify(said));
  return said as Readonly<Record<string, unknown>>;
}

/** The list of a field. */
function listIn(said: Readonly<Record<string, unknown>>, name: string): readonly unknown[] {
  const list = said[name];
  return Array.isArray(list) ? list : [];
}

/** Pulsoid publishes no metadata: who does says what works. */
export const METADATA = area("oauth-metadata", SECTION, [
  [
    "issuer",
    "issuer is an address of http or https, without query and fragment.",
    async (kit) => {
      const { issuer } = await metadata(kit);
      const url = URL.parse(String(issuer));
      const isRight = url !== null && /^https?:$/.test(url.protocol) && !/[?#]/.test(String(issuer));
      expectThat(isRight, "an address", JSON.stringify(issuer) ?? "nothing");
    },
    ours,
  ],
  [
    "endpoints",
    "The endpoints of authorization, token, revocation and device authorization are those of the wire, at the issuer.",
    async (kit) => {
      const said = await metadata(kit);
      for (const [name, path] of Object.entries(ENDPOINTS)) {
        expectSame(String(said[name]), `${String(said.issuer).replace(/\/$/, "")}${path}`, `${name} `);
      }
    },
    ours,
  ],
  [
    "grant-types",
    "grant_types_supported has every grant of the wire, and none that the token endpoint does not know.",
    async (kit) => {
      const listed = listIn(await metadata(kit), "grant_types_supported");
      const missing = [...Object.keys(GRANTS), "implicit"].find((name) => !listed.includes(name));
      expectThat(missing === undefined, `${missing} in grant_types_supported`, JSON.stringify(listed));
      for (const name of listed.filter((one) => one !== "implicit")) {
        const fields = { grant_type: String(name), ...GRANTS[String(name)], ...inForm(clientOf(kit)) };
        const error = textIn(await askToken(kit, fields), "error");
        expectThat(error !== "unsupported_grant_type", `a token endpoint that knows ${name}`, error);
      }
    },
    { ...ours, needs: [CLIENT] },
  ],
  [
    "response-types",
    "response_types_supported is code and token.",
    async (kit) =>
      expectSame(
        listIn(await metadata(kit), "response_types_supported")
          .toSorted()
          .join(", "),
        "code, token",
        "response_types_supported ",
      ),
    ours,
  ],
  [
    "code-challenge-methods",
    "code_challenge_methods_supported is S256 alone.",
    async (kit) =>
      expectSame(
        listIn(await metadata(kit), "code_challenge_methods_supported").join(", "),
        "S256",
        "code_challenge_methods_supported ",
      ),
    ours,
  ],
]);
