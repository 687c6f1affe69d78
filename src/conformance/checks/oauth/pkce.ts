import { area } from "../../check.ts";
import { expectSame } from "../../expectations.ts";
import type { Kit } from "../../kit.ts";
import { CLIENT, hook, PUBLIC_CLIENT } from "../../needs.ts";
import { allowPublic, redeem, validate } from "../../oauth/codeFlow.ts";
import {
  clientOf,
  expectRefusal,
  expectToken,
  fieldIn,
  inForm,
  publicClientOf,
  textIn,
} from "../../oauth/forms.ts";
import { WRONG_VERIFIER } from "./code.ts";

const SECTION = "8 OAuth 2 (authorization code)";

const redeemedByPublic = (kit: Kit) =>
  kit.once("oauth-pkce", async () => await redeem(kit, await allowPublic(kit)));

/** Codes of a client without a secret, which proves itself (RFC 7636). */
export const PUBLIC_CODE = area(
  "oauth-pkce",
  SECTION,
  [
    [
      "redeems",
      "A client without a secret redeems a code with the verifier of its challenge (S256).",
      async (kit) => expectToken(await redeemedByPublic(kit)),
    ],
    [
      "verifier-wrong",
      "A wrong verifier is answered 400 and invalid_grant.",
      async (kit) =>
        expectRefusal(
          await redeem(kit, await allowPublic(kit), { code_verifier: WRONG_VERIFIER }),
          "invalid_grant",
        ),
    ],
    [
      "verifier-missing",
      "A missing verifier is refused: invalid_grant or invalid_request.",
      async (kit) =>
        expectRefusal(await redeem(kit, await allowPublic(kit), { code_verifier: undefined }), [
          "invalid_grant",
          "invalid_request",
        ]),
    ],
    [
      "another-client",
      "Another client is refused with the code of the first, also where it knows the verifier: 400 and invalid_grant.",
      async (kit) =>
        expectRefusal(await redeem(kit, await allowPublic(kit), inForm(clientOf(kit))), "invalid_grant"),
      { needs: [CLIENT] },
    ],
    [
      "validates-client-id",
      "The token of a client without a secret validates with its id.",
      async (kit) => {
        const token = textIn(await redeemedByPublic(kit), "access_token");
        const said = fieldIn(await validate(kit, token), "client_id") as string;
        expectSame(said, publicClientOf(kit).id, "client_id ");
      },
    ],
  ],
  [PUBLIC_CLIENT, hook("authorize")],
);
