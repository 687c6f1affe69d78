import { area } from "../../check.ts";
import { EXPIRES_IN_MAX, expectSame, expectThat, shown, UUID } from "../../expectations.ts";
import type { Kit } from "../../kit.ts";
import { CLIENT, hook } from "../../needs.ts";
import type { Arrival } from "../../oauth/callback.ts";
import { described, validate } from "../../oauth/codeFlow.ts";
import { consent, expectState, inFragment, inQuery } from "../../oauth/consent.ts";
import { clientOf, fieldIn } from "../../oauth/forms.ts";
import { issuerOf } from "./authorize.ts";

const SECTION = "8 OAuth 2 (implicit)";
const SCOPE = "data:heart_rate:read profile:read";
const FIELDS = ["token_type", "access_token", "expires_in", "scope", "state"];
const YEAR_SECONDS = 31_536_000;

function arrived(kit: Kit): Promise<Arrival> {
  const parameters = { response_type: "token", scope: SCOPE };
  return kit.once("oauth-implicit", () => consent(kit, clientOf(kit), parameters));
}

async function told(kit: Kit, name: string): Promise<string | undefined> {
  return inFragment(await arrived(kit)).get(name) ?? undefined;
}

/** The grant of apps on a desktop, in a fragment that is sent to no server. */
export const IMPLICIT = area(
  "oauth-implicit",
  SECTION,
  [
    [
      "fields",
      `The fragment begins with ${FIELDS.join(", ")}, in this order.`,
      async (kit) => {
        const names = [...inFragment(await arrived(kit)).keys()].slice(0, FIELDS.length);
        expectSame(names.join(", "), FIELDS.join(", "), "the fields ");
      },
    ],
    [
      "nothing-in-query",
      "Nothing is in the query, which servers see.",
      async (kit) => {
        const arrival = await arrived(kit);
        expectThat(arrival.query === "", "nothing in the query", described(arrival));
      },
    ],
    [
      "token-type",
      "token_type in the fragment is bearer, in lower case.",
      async (kit) => expectSame(await told(kit, "token_type"), "bearer", "token_type "),
    ],
    [
      "uuid",
      "The token in the fragment is a lower-case UUID of 36 characters.",
      async (kit) => {
        const token = (await told(kit, "access_token")) ?? "";
        expectThat(UUID.test(token), "a lower-case UUID of 36 characters", `${token.length} characters`);
      },
    ],
    [
      "expires-in",
      "expires_in in the fragment is a whole number that fits a signed 32-bit integer.",
      async (kit) => {
        const said = (await told(kit, "expires_in")) ?? "";
        const isRight = /^[1-9]\d*$/.test(said) && Number(said) <= EXPIRES_IN_MAX;
        expectThat(isRight, `expires_in from 1 to ${EXPIRES_IN_MAX}`, said || "none");
      },
    ],
    [
      "year",
      "The token in the fragment lives for a year, because there is no other after it.",
      async (kit) => expectSame(await told(kit, "expires_in"), String(YEAR_SECONDS), "expires_in "),
      { isOurs: true },
    ],
    [
      "scope",
      "scope has what was granted, separated by spaces.",
      async (kit) => expectSame((await told(kit, "scope"))?.split(" ").toSorted().join(" "), SCOPE, "scope "),
    ],
    [
      "state",
      "The state comes back in the fragment as it was sent, whatever characters it has.",
      async (kit) => expectState(inFragment(await arrived(kit))),
    ],
    [
      "no-refresh-token",
      "There is neither a refresh token nor a code.",
      async (kit) => {
        const arrival = await arrived(kit);
        const fields = inFragment(arrival);
        const isRight = fields.has("access_token") && !fields.has("refresh_token") && !fields.has("code");
        expectThat(isRight, "an access_token alone", described(arrival));
      },
    ],
    [
      "issuer",
      "The fragment names the issuer (RFC 9207).",
      async (kit) => expectSame(await told(kit, "iss"), await issuerOf(kit), "iss "),
      { isOurs: true },
    ],
    [
      "validates",
      "The token validates with the client's id, the profile_id of who allowed it, and its scopes.",
      async (kit) => {
        const said = await validate(kit, (await told(kit, "access_token")) ?? "");
        const scopes = fieldIn(said, "scopes");
        const isRight =
          fieldIn(said, "client_id") === clientOf(kit).id &&
          fieldIn(said, "profile_id") === kit.tokens.profileId &&
          Array.isArray(scopes) &&
          scopes.toSorted().join(" ") === SCOPE;
        expectThat(isRight, "the client, the test user and both scopes", shown(said));
      },
    ],
    [
      "denied",
      "Who does not allow it is led to the redirect address with access_denied and the state in the fragment, and no token.",
      async (kit) => {
        const arrival = await consent(kit, clientOf(kit), { response_type: "token" }, "deny");
        const fields = inFragment(arrival);
        const isRight =
          fields.get("error") === "access_denied" &&
          !fields.has("access_token") &&
          !inQuery(arrival).has("access_token");
        expectThat(isRight, "error access_denied in the fragment, and no token", described(arrival));
        expectState(fields);
      },
    ],
  ],
  [CLIENT, hook("authorize")],
);
