import { z } from "zod";
import { PASSWORD_CHARACTERS_MAX, PASSWORD_CHARACTERS_MIN } from "../../auth/accounts/passwords.ts";

const EMAIL_CHARACTERS_MAX = 254;
export const NAME_CHARACTERS_MAX = 100;

const EMAIL = "expected an e-mail address";
const PASSWORD = `expected a password of ${PASSWORD_CHARACTERS_MIN} to ${PASSWORD_CHARACTERS_MAX} characters`;
const SHOWN_PASSWORD = `expected a password of at most ${PASSWORD_CHARACTERS_MAX} characters`;
const NAME = `expected a name of 1 to ${NAME_CHARACTERS_MAX} visible characters`;
const CODE = "expected the code that stands behind # in the link";
export const BODY = { error: "expected a JSON object" };

export const email = z
  .email({ error: EMAIL })
  .max(EMAIL_CHARACTERS_MAX, { error: EMAIL })
  .describe("Capital and small letters are the same");

/** A password that is being chosen. */
export const newPassword = z
  .string({ error: PASSWORD })
  .min(PASSWORD_CHARACTERS_MIN, { error: PASSWORD })
  .max(PASSWORD_CHARACTERS_MAX, { error: PASSWORD });

/** A password that somebody shows: what is too short is merely wrong. */
export const shownPassword = z
  .string({ error: SHOWN_PASSWORD })
  .min(1, { error: SHOWN_PASSWORD })
  .max(PASSWORD_CHARACTERS_MAX, { error: SHOWN_PASSWORD });

export const name = z
  .string({ error: NAME })
  .trim()
  .min(1, { error: NAME })
  .max(NAME_CHARACTERS_MAX, { error: NAME })
  .refine((text) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text), { error: NAME });

export const code = z
  .string({ error: CODE })
  .min(1, { error: CODE })
  .max(50, { error: CODE })
  .describe("The code of a link");

export const webAuthn = z
  .record(z.string(), z.unknown(), { error: "expected what the authenticator answered" })
  .describe("A PublicKeyCredential as its toJSON() writes it");

export const person = z
  .object({ name: z.string(), email: z.string() })
  .meta({ id: "Person", description: "Somebody who signs in" });

export const entered = {
  status: 200,
  content: { "application/json": z.object({ person }) },
} as const;

export const webAuthnOptions = {
  status: 200,
  content: {
    "application/json": z.looseObject({ challenge: z.string() }).meta({
      description: "For navigator.credentials, as parse…OptionsFromJSON reads it",
    }),
  },
} as const;
