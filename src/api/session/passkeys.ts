import { z } from "zod";
import {
  addPasskey,
  askForNewPasskey,
  askForPasskey,
  signInByPasskey,
} from "../../auth/accounts/byPasskey.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { PAGE_ERRORS } from "./refusals.ts";
import { BODY, entered, name, webAuthn, webAuthnOptions } from "./schemas.ts";
import { answer, done, readBody, requireOwnPage } from "./sessionPage.ts";
import { answerEntered } from "./signIn.ts";

const signInBody = z.object({ response: webAuthn }, BODY);
const newBody = z.object({ name, response: webAuthn }, BODY);

const TAKES_A_BODY = ["malformedRequest", "bodyTooLarge"] as const;

/** `POST /session/passkey/options` */
const options: Operation = {
  answer: async (call: Call) => {
    const asked = await askForPasskey(call.context.accounts, requireOwnPage(call));
    return answer(asked.options, asked.cookies);
  },
  id: "askForPasskey",
  group: "Signing in",
  summary: "Begin to sign in by passkey",
  notes: "For pages of this server alone. What it asks holds for five minutes, in this browser.",
  token: "none",
  success: webAuthnOptions,
  errors: [...PAGE_ERRORS, "tooManyAttempts", "busy"],
};

/** `POST /session/passkey/sign-in` */
const signIn: Operation = {
  answer: async (call: Call) => {
    const visit = requireOwnPage(call);
    const { response } = await readBody(call, signInBody);
    return answerEntered(await signInByPasskey(call.context.accounts, visit, response));
  },
  id: "signInByPasskey",
  group: "Signing in",
  summary: "Sign in by passkey",
  notes:
    "For pages of this server alone. The authenticator must have made sure of its user (by PIN, finger or face): a passkey stands in for the password.",
  token: "none",
  body: signInBody,
  success: entered,
  errors: [...PAGE_ERRORS, ...TAKES_A_BODY, "signInRefused", "tooManyAttempts"],
};

/** `POST /session/passkey/new-options` */
const newOptions: Operation = {
  answer: async (call: Call) => {
    const asked = await askForNewPasskey(call.context.accounts, requireOwnPage(call));
    return answer(asked.options, asked.cookies);
  },
  id: "askForNewPasskey",
  group: "Signing in",
  summary: "Begin to add a passkey",
  notes: "For pages of this server alone. Takes a sign-in of the last ten minutes.",
  token: "cookie",
  success: webAuthnOptions,
  errors: [...PAGE_ERRORS, "signedOut", "staleSignIn", "conflict", "tooManyAttempts", "busy"],
};

/** `POST /session/passkey/new` */
const add: Operation = {
  answer: async (call: Call) => {
    const visit = requireOwnPage(call);
    await addPasskey(call.context.accounts, visit, await readBody(call, newBody));
    return done();
  },
  id: "addPasskey",
  group: "Signing in",
  summary: "Add a passkey",
  notes: "For pages of this server alone. Takes a sign-in of the last ten minutes.",
  token: "cookie",
  body: newBody,
  success: { status: 204 },
  errors: [...PAGE_ERRORS, ...TAKES_A_BODY, "signedOut", "staleSignIn", "tooManyAttempts"],
};

export const passkey = { options, signIn, newOptions, add };
