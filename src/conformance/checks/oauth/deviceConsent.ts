import { area } from "../../check.ts";
import { expectSame, expectThat, shown } from "../../expectations.ts";
import type { Kit } from "../../kit.ts";
import { ANY_CLIENT, hook } from "../../needs.ts";
import { validate } from "../../oauth/codeFlow.ts";
import { decide } from "../../oauth/deviceFlow.ts";
import {
  anyClientOf,
  expectExpiresIn,
  expectNotStored,
  expectRefusal,
  expectToken,
  expectUuids,
  fieldIn,
  textIn,
} from "../../oauth/forms.ts";

const SECTION = "8 OAuth 2 (device, RFC 8628)";
const YEAR_SECONDS = 31_536_000;

const granted = (kit: Kit) =>
  kit.once("oauth-device-granted", () => decide(kit, "allow", "data:heart_rate:read,profile:read,news:read"));
const denied = (kit: Kit) => kit.once("oauth-device-denied", () => decide(kit, "deny"));

/** What a device is answered when the user has decided, to the letter: clients compare it. */
export const DEVICE_CONSENT = area(
  "oauth-device-consent",
  SECTION,
  [
    [
      "granted",
      "When the user has allowed it, the next poll is answered with a token, as JSON.",
      async (kit) => expectToken((await granted(kit)).first),
    ],
    [
      "uuid",
      "A device's token is a lower-case UUID of 36 characters.",
      async (kit) => expectUuids((await granted(kit)).first, "access_token"),
    ],
    [
      "token-type",
      "token_type of a device's token is bearer, in lower case.",
      async (kit) => expectSame(textIn((await granted(kit)).first, "token_type"), "bearer", "token_type "),
    ],
    [
      "expires-in",
      "expires_in of a device's token is a whole number that fits a signed 32-bit integer.",
      async (kit) => expectExpiresIn((await granted(kit)).first),
    ],
    [
      "year",
      "A device's token lives for a year, because there is no other after it.",
      async (kit) =>
        expectSame(fieldIn((await granted(kit)).first, "expires_in") as number, YEAR_SECONDS, "expires_in "),
      { isOurs: true },
    ],
    [
      "no-refresh-token",
      "There is no refresh token.",
      async (kit) => {
        const { first } = await granted(kit);
        const isRight = first.status === 200 && fieldIn(first, "refresh_token") === undefined;
        expectThat(isRight, "200 without a refresh_token", shown(first));
      },
      { isOurs: true },
    ],
    [
      "no-store",
      "A device's token may not be kept by a cache.",
      async (kit) => expectNotStored((await granted(kit)).first),
    ],
    [
      "validates",
      "The token validates with the client's id, the profile_id of who allowed it, and the scopes that are known.",
      async (kit) => {
        const said = await validate(kit, textIn((await granted(kit)).first, "access_token"));
        const scopes = fieldIn(said, "scopes");
        const isRight =
          fieldIn(said, "client_id") === anyClientOf(kit).id &&
          fieldIn(said, "profile_id") === kit.tokens.profileId &&
          Array.isArray(scopes) &&
          scopes.toSorted().join(" ") === "data:heart_rate:read profile:read";
        expectThat(isRight, "the client, the test user and the scopes", shown(said));
      },
    ],
    [
      "used-twice",
      'A device code that has its token is answered 400 with invalid_grant and exactly "access token already issued".',
      async (kit) =>
        expectRefusal((await granted(kit)).second, "invalid_grant", {
          description: "access token already issued",
        }),
    ],
    [
      "denied",
      `When the user has denied it, the next poll is answered 400 with invalid_grant and exactly "user didn't grant access".`,
      async (kit) =>
        expectRefusal((await denied(kit)).first, "invalid_grant", {
          description: "user didn't grant access",
        }),
    ],
    [
      "denied-for-good",
      "What was denied stays denied: a later poll is answered the same.",
      async (kit) =>
        expectRefusal((await denied(kit)).second, "invalid_grant", {
          description: "user didn't grant access",
        }),
    ],
  ],
  [ANY_CLIENT, hook("authorize")],
);
