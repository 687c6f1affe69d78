import { area, type Rule } from "../../check.ts";
import type { Answer } from "../../client/answer.ts";
import { expectError, expectSame, expectThat, shown, UUID } from "../../expectations.ts";
import type { Kit } from "../../kit.ts";
import { CLIENT, hook } from "../../needs.ts";
import { type Allowed, allow, described, redeem, validate } from "../../oauth/codeFlow.ts";
import { consent, expectState, inQuery, newProof } from "../../oauth/consent.ts";
import {
  clientOf,
  expectExpiresIn,
  expectNotStored,
  expectRefusal,
  expectToken,
  expectUuids,
  fieldIn,
  textIn,
} from "../../oauth/forms.ts";
import { PATHS } from "../../routes.ts";
import { issuerOf } from "./authorize.ts";

const SECTION = "8 OAuth 2 (authorization code)";

/** As clients write lists, with one that Pulsoid had once (section 4). */
const SCOPES = "data:heart_rate:read,profile:read,news:read";
const GRANTED = ["data:heart_rate:read", "profile:read"];

/** A verifier of the right form that nobody made up a challenge for. */
export const WRONG_VERIFIER = "wrong-verifier-of-somebody-who-did-not-begin";

/** A code that is redeemed as it should be, once, and then again. */
interface Redeemed extends Allowed {
  readonly answer: Answer;
  readonly token: string;
  readonly again: Answer;
}

function redeemed(kit: Kit): Promise<Redeemed> {
  return kit.once("oauth-code", async () => {
    const allowed = await allow(kit, clientOf(kit), { scope: SCOPES });
    const answer = await redeem(kit, allowed);
    const token = textIn(answer, "access_token");
    return { ...allowed, answer, token, again: await redeem(kit, allowed) };
  });
}

/** A token whose code was redeemed just once: the others may have ended with it. */
function goodToken(kit: Kit): Promise<string> {
  return kit.once("oauth-code-token", async () => {
    const allowed = await allow(kit, clientOf(kit), { scope: SCOPES });
    return textIn(await redeem(kit, allowed), "access_token");
  });
}

/** What the server says of it. */
function about(kit: Kit): Promise<Answer> {
  return kit.once("oauth-code-about", async () => await validate(kit, await goodToken(kit)));
}

/** A person who does not want to. */
function denied(kit: Kit) {
  return kit.once("oauth-code-denied", () => consent(kit, clientOf(kit), {}, "deny"));
}

/** Ways to redeem a code that are wrong in one thing; each has a code of its own, which a server may end for it. */
const WRONG: readonly Rule[] = (
  [
    [
      "redirect-uri-wrong",
      "A code is refused with another redirect_uri than it was asked for with",
      "invalid_grant",
      (kit: Kit, allowed: Allowed) => redeem(kit, allowed, { redirect_uri: "http://127.0.0.1/callback" }),
    ],
    [
      "redirect-uri-missing",
      "A code that was asked for with a redirect_uri is refused without it",
      "invalid_grant",
      (kit: Kit, allowed: Allowed) => redeem(kit, allowed, { redirect_uri: undefined }),
    ],
    [
      "secret-missing",
      "A code of a client that has a secret is refused without it",
      "invalid_client",
      (kit: Kit, allowed: Allowed) => redeem(kit, allowed, { client_secret: undefined }),
    ],
  ] as const
).map(([name, words, error, act]) => [
  name,
  `${words}: ${error}.`,
  async (kit) => {
    const answer = await act(kit, await allow(kit, clientOf(kit)));
    // RFC 6749 section 5.2: a missing parameter may be told as such.
    const missing = name === "redirect-uri-missing" ? ["invalid_request"] : [];
    expectRefusal(answer, [error, ...missing], { status: error === "invalid_client" ? [400, 401] : [400] });
  },
]);

export const CODE = area(
  "oauth-code",
  SECTION,
  [
    [
      "arrives",
      "Who allows an app something is led to its redirect address, with one code in the query.",
      async (kit) => {
        const { arrival } = await redeemed(kit);
        const codes = inQuery(arrival).getAll("code").length;
        expectThat(codes === 1, "one code in the query", described(arrival));
      },
    ],
    [
      "code-uuid",
      "The code is a lower-case UUID of 36 characters.",
      async (kit) => {
        const { code } = await redeemed(kit);
        expectThat(UUID.test(code), "a lower-case UUID of 36 characters", `${code.length} characters`);
      },
    ],
    [
      "state",
      "The state comes back with a code as it was sent, whatever characters it has.",
      async (kit) => expectState(inQuery((await redeemed(kit)).arrival)),
    ],
    [
      "issuer",
      "The answer with a code names the issuer (RFC 9207).",
      async (kit) => {
        const issuer = inQuery((await redeemed(kit)).arrival).get("iss");
        expectSame(issuer ?? undefined, await issuerOf(kit), "iss ");
      },
      { isOurs: true },
    ],
    [
      "redeems",
      "A code is redeemed for a token, as JSON.",
      async (kit) => expectToken((await redeemed(kit)).answer),
    ],
    [
      "uuids",
      "Access token and refresh token are lower-case UUIDs of 36 characters.",
      async (kit) => expectUuids((await redeemed(kit)).answer, "access_token", "refresh_token"),
    ],
    [
      "token-type",
      "token_type of what a code gives is bearer, in lower case.",
      async (kit) => expectSame(textIn((await redeemed(kit)).answer, "token_type"), "bearer", "token_type "),
    ],
    [
      "expires-in",
      "expires_in of what a code gives is a whole number that fits a signed 32-bit integer.",
      async (kit) => expectExpiresIn((await redeemed(kit)).answer),
    ],
    [
      "hour",
      "The token lives for an hour.",
      async (kit) =>
        expectSame(fieldIn((await redeemed(kit)).answer, "expires_in") as number, 3600, "expires_in "),
      { isOurs: true },
    ],
    [
      "no-store",
      "The tokens may not be kept by a cache.",
      async (kit) => expectNotStored((await redeemed(kit)).answer),
    ],
    [
      "scope-told",
      "Where other scopes are granted than were asked for, the answer says which (RFC 6749 section 5.1).",
      async (kit) => {
        const { answer } = await redeemed(kit);
        expectSame(textIn(answer, "scope").split(" ").toSorted().join(" "), GRANTED.join(" "), "scope ");
      },
    ],
    [
      "code-twice",
      "A code that is redeemed a second time is answered 400 and invalid_grant.",
      async (kit) => expectRefusal((await redeemed(kit)).again, "invalid_grant"),
    ],
    [
      "validates-client-id",
      "The token of a code validates with the client's id.",
      async (kit) =>
        expectSame(fieldIn(await about(kit), "client_id") as string, clientOf(kit).id, "client_id "),
    ],
    [
      "validates-profile-id",
      "The token validates with the profile_id of who allowed it.",
      async (kit) => {
        const isRight = fieldIn(await about(kit), "profile_id") === kit.tokens.profileId;
        expectThat(isRight, "the profile_id of the test user", shown(await about(kit)));
      },
    ],
    [
      "scopes-by-comma",
      "Scopes that were asked for with commas between them are all granted.",
      async (kit) => {
        const scopes = fieldIn(await about(kit), "scopes");
        const isRight = Array.isArray(scopes) && GRANTED.every((scope) => scopes.includes(scope));
        expectThat(isRight, `scopes with ${GRANTED.join(" and ")}`, shown(await about(kit)));
      },
    ],
    [
      "unknown-scope-dropped",
      "A scope that is unknown is dropped.",
      async (kit) => {
        const scopes = fieldIn(await about(kit), "scopes");
        const isRight = Array.isArray(scopes) && scopes.length > 0 && !scopes.includes("news:read");
        expectThat(isRight, "scopes without news:read", shown(await about(kit)));
      },
    ],
    [
      "opens",
      "The token opens what its scopes allow, and nothing else.",
      async (kit) => {
        const token = await goodToken(kit);
        const latest = await kit.ask({ path: PATHS.latest, token });
        const isLetIn = latest.status < 500 && ![401, 403].includes(latest.status);
        expectThat(isLetIn, "200, or 412 without a reading", shown(latest));
        expectError(await kit.ask({ path: PATHS.widgets, token }), { status: 401, code: 7011 });
      },
    ],
    ...WRONG,
    [
      "code-twice-revokes",
      "A code that comes a second time, with another redirect_uri, ends the tokens that came of it.",
      async (kit) => {
        const allowed = await allow(kit, clientOf(kit));
        const token = textIn(await redeem(kit, allowed), "access_token");
        await redeem(kit, allowed, { redirect_uri: "http://127.0.0.1/callback" });
        expectThat((await validate(kit, token)).status === 401, "401 for the token", "another status");
      },
      { isOurs: true },
    ],
    [
      "challenge-of-confidential",
      "A client that has a secret may use PKCE too.",
      async (kit) => expectToken(await redeem(kit, await allow(kit, clientOf(kit), {}, newProof()))),
    ],
    [
      "verifier-without-challenge",
      "A verifier without a challenge is refused: somebody may have taken the challenge away (RFC 9700 section 4.8.2).",
      async (kit) => {
        const allowed = await allow(kit, clientOf(kit));
        expectRefusal(await redeem(kit, allowed, { code_verifier: WRONG_VERIFIER }), "invalid_grant");
      },
      { isOurs: true },
    ],
    [
      "denied",
      "Who does not allow it is led to the redirect address with access_denied, the state, and no code.",
      async (kit) => {
        const arrival = await denied(kit);
        const told = inQuery(arrival);
        const isRight = told.get("error") === "access_denied" && told.get("code") === null;
        expectThat(isRight, "error access_denied and no code in the query", described(arrival));
        expectState(told);
      },
    ],
  ],
  [CLIENT, hook("authorize")],
);
