import { z } from "zod";
import { changePassword } from "../../auth/accounts/byPassword.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { PAGE_ERRORS } from "./refusals.ts";
import { BODY, newPassword, shownPassword } from "./schemas.ts";
import { done, readBody, requireOwnPage } from "./sessionPage.ts";

const body = z.object({ current: shownPassword.optional(), password: newPassword }, BODY);

export const password: Operation = {
  answer: change,
  id: "changePassword",
  group: "Signing in",
  summary: "Change the password, or set the first one",
  notes:
    "For pages of this server alone. Every other session of the account ends. `current` is left out where there is no password yet, which takes a sign-in of the last ten minutes.",
  token: "cookie",
  body,
  success: { status: 204 },
  errors: [
    ...PAGE_ERRORS,
    "malformedRequest",
    "bodyTooLarge",
    "signedOut",
    "signInRefused",
    "staleSignIn",
    "tooManyAttempts",
    "busy",
  ],
};

/** `POST /session/password` */
async function change(call: Call): Promise<Response> {
  const visit = requireOwnPage(call);
  const { current, password: chosen } = await readBody(call, body);
  await changePassword(call.context.accounts, visit, { current, password: chosen });
  return done();
}
