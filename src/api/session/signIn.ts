import { z } from "zod";
import { signInByPassword } from "../../auth/accounts/byPassword.ts";
import type { Entered } from "../../auth/accounts/entering.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { PAGE_ERRORS } from "./refusals.ts";
import { BODY, email, entered, shownPassword } from "./schemas.ts";
import { answer, readBody, requireOwnPage } from "./sessionPage.ts";

const body = z.object({ email, password: shownPassword }, BODY);

export const signIn: Operation = {
  answer: enterByPassword,
  id: "signIn",
  group: "Signing in",
  summary: "Sign in by e-mail address and password",
  notes:
    "For pages of this server alone. Whatever is wrong is answered alike. The session of before ends, and a new one lies in the cookie.",
  token: "none",
  body,
  success: entered,
  errors: [...PAGE_ERRORS, "malformedRequest", "bodyTooLarge", "signInRefused", "tooManyAttempts", "busy"],
};

/** `POST /session/sign-in` */
async function enterByPassword(call: Call): Promise<Response> {
  const visit = requireOwnPage(call);
  return answerEntered(await signInByPassword(call.context.accounts, visit, await readBody(call, body)));
}

export function answerEntered({ person, cookies }: Entered): Response {
  return answer({ person: { name: person.name, email: person.email } }, cookies);
}
