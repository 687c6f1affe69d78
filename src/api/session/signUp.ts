import { z } from "zod";
import { signUpByLink, signUpOpenly } from "../../auth/accounts/signingUp.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { PAGE_ERRORS } from "./refusals.ts";
import { BODY, code, email, name, newPassword, person } from "./schemas.ts";
import { answer, readBody, requireOwnPage } from "./sessionPage.ts";

const body = z.object({ email, password: newPassword, name, code: code.optional() }, BODY);

export const signUp: Operation = {
  answer: makeAccount,
  id: "signUp",
  group: "Signing in",
  summary: "Make an account",
  notes:
    "For pages of this server alone. By the code of an invitation or a claim link it signs in too. Where sign-up is open and there is no code, it does not, and answers alike whether the address was free or not: sign in afterwards, which succeeds for whoever knows the password.",
  token: "none",
  body,
  success: {
    status: 200,
    content: {
      "application/json": z.object({
        person,
        signed_in: z.boolean().describe("Whether the answer's cookie holds a session; else sign in next"),
      }),
    },
  },
  errors: [
    ...PAGE_ERRORS,
    "malformedRequest",
    "bodyTooLarge",
    "signUpRefused",
    "conflict",
    "signInRefused",
    "tooManyAttempts",
    "busy",
  ],
};

/** `POST /session/sign-up` */
async function makeAccount(call: Call): Promise<Response> {
  const visit = requireOwnPage(call);
  const { code: given, ...account } = await readBody(call, body);
  const { accounts } = call.context;
  if (given === undefined) {
    await signUpOpenly(accounts, visit, account);
    const { name, email } = account;
    return answer({ person: { name, email: email.toLowerCase() }, signed_in: false });
  }
  const { person, cookies } = await signUpByLink(accounts, visit, account, given);
  return answer({ person: { name: person.name, email: person.email }, signed_in: true }, cookies);
}
