import { area } from "../check.ts";
import { EXPIRES_IN_MAX, expectJson, expectSame, expectThat, keysOf, shown, UUID } from "../expectations.ts";
import type { Kit } from "../kit.ts";
import { SERVER_TOKEN } from "../needs.ts";
import { PATHS } from "../routes.ts";

const SECTION = "7 GET /api/v1/token/validate";

async function validate(kit: Kit, token: string | undefined): Promise<Readonly<Record<string, unknown>>> {
  return expectJson(await kit.ask({ path: PATHS.validate, token })) as Readonly<Record<string, unknown>>;
}

export const VALIDATE = area("validate", SECTION, [
  [
    "keys",
    "A token is told by the five documented keys, in their order.",
    async (kit) =>
      expectSame(
        keysOf(await validate(kit, kit.tokens.read.token)),
        "token, client_id, expires_in, profile_id, scopes",
        "the keys ",
      ),
  ],
  [
    "token",
    "token is the token that was asked about, in lower case.",
    async (kit) => {
      const token = kit.tokens.read.token.toLowerCase();
      const said = (await validate(kit, token)).token;
      expectThat(said === token, "the token that was sent", JSON.stringify(said) ?? "nothing");
    },
  ],
  [
    "client-id",
    "client_id is a lower-case UUID of 36 characters: clients check that with a regular expression.",
    async (kit) => {
      const said = (await validate(kit, kit.tokens.read.token)).client_id;
      expectThat(
        typeof said === "string" && UUID.test(said),
        "a lower-case UUID",
        JSON.stringify(said) ?? "nothing",
      );
    },
  ],
  [
    "expires-in",
    "expires_in is an integer that fits 32 bits with a sign.",
    async (kit) => {
      const answer = await kit.ask({ path: PATHS.validate, token: kit.tokens.read.token });
      const said = (expectJson(answer) as { readonly expires_in?: unknown }).expires_in;
      const fits = Number.isInteger(said) && (said as number) > 0 && (said as number) <= EXPIRES_IN_MAX;
      expectThat(
        fits && /"expires_in"\s*:\s*\d+\s*[,}]/.test(answer.text),
        `expires_in from 1 to ${EXPIRES_IN_MAX}`,
        shown(answer),
      );
    },
  ],
  [
    "profile-id",
    "profile_id is a text that is the same for every token of a user.",
    async (kit) => {
      const said = [kit.tokens.read.token, kit.tokens.write.token].map(
        async (token) => (await validate(kit, token)).profile_id,
      );
      const [first, second] = await Promise.all(said);
      expectThat(
        typeof first === "string" && first !== "" && first === second,
        "one text",
        `${JSON.stringify(first)} and ${JSON.stringify(second)}`,
      );
    },
  ],
  [
    "scopes",
    "scopes is a list of the token's scopes.",
    async (kit) => {
      const said = (await validate(kit, kit.tokens.write.token)).scopes;
      const isRight = Array.isArray(said) && said.includes("data:heart_rate:write");
      expectThat(isRight, "a list with data:heart_rate:write", JSON.stringify(said) ?? "nothing");
    },
  ],
  [
    "content-type-ignored",
    "A declared JSON body that is not there is ignored, as the official client sends it before it connects.",
    async (kit) => {
      const headers = { "content-type": "application/json" };
      expectJson(await kit.ask({ path: PATHS.validate, token: kit.tokens.read.token, headers }));
    },
  ],
  [
    "server-token",
    "profile_id is null for the token of a server.",
    async (kit) => {
      const said = (await validate(kit, kit.options.serverToken)).profile_id;
      expectThat(said === null, "null", JSON.stringify(said) ?? "nothing");
    },
    { needs: [SERVER_TOKEN] },
  ],
  [
    "server-token-opens-nobody",
    "The token of a server opens nobody's heart rate.",
    async (kit) => {
      const answer = await kit.ask({ path: PATHS.latest, token: kit.options.serverToken });
      expectThat(answer.status >= 400 && answer.status < 500, "an error of 400 to 499", shown(answer));
    },
    { needs: [SERVER_TOKEN] },
  ],
]);
