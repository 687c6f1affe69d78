import { area } from "../check.ts";
import { expectJson, expectSame, expectThat, keysOf, shown } from "../expectations.ts";
import { emptyHolds, holds } from "../needs.ts";
import { PATHS } from "../routes.ts";

const SECTION = "7 GET /api/v1/profile";
const SCOPE = "profile:read";
const KEYS = {
  channel: "string",
  login: "string",
  username: "string",
  mobile_login: "boolean",
  heart_rate: "boolean",
};

export const PROFILE = area("profile", SECTION, [
  [
    "keys",
    "The profile is the five documented keys, in their order.",
    async (kit) => {
      const answer = await kit.ask({ path: PATHS.profile, token: kit.token([SCOPE]) });
      expectSame(keysOf(expectJson(answer)), Object.keys(KEYS).join(", "), "the keys ");
    },
    { needs: [holds(SCOPE)] },
  ],
  [
    "types",
    "channel, login and username are texts; mobile_login and heart_rate are true or false.",
    async (kit) => {
      const answer = await kit.ask({ path: PATHS.profile, token: kit.token([SCOPE]) });
      const said = expectJson(answer) as Readonly<Record<string, unknown>>;
      const areRight = Object.entries(KEYS).every(([key, type]) => typeof said[key] === type);
      expectThat(areRight, "three texts and two booleans", shown(answer));
    },
    { needs: [holds(SCOPE)] },
  ],
  [
    "heart-rate-sent",
    "heart_rate is true for a user who has sent a reading.",
    async (kit) => {
      await kit.write(75);
      const answer = await kit.ask({ path: PATHS.profile, token: kit.token([SCOPE]) });
      const said = expectJson(answer) as { readonly heart_rate?: unknown };
      expectThat(said.heart_rate === true, "heart_rate: true", shown(answer));
    },
    { needs: [holds(SCOPE)] },
  ],
  [
    "heart-rate-never-sent",
    "heart_rate is false for a user who never sent a reading.",
    async (kit) => {
      const answer = await kit.ask({ path: PATHS.profile, token: kit.tokens.empty?.token });
      const said = expectJson(answer) as { readonly heart_rate?: unknown };
      expectThat(said.heart_rate === false, "heart_rate: false", shown(answer));
    },
    { needs: [emptyHolds(SCOPE)] },
  ],
]);
