import { z } from "zod";
import { resetPassword } from "../../auth/accounts/links.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { PAGE_ERRORS } from "./refusals.ts";
import { BODY, code, newPassword } from "./schemas.ts";
import { done, readBody, requireOwnPage } from "./sessionPage.ts";

const body = z.object({ code, password: newPassword }, BODY);

export const reset: Operation = {
  answer: setAnew,
  id: "resetPassword",
  group: "Signing in",
  summary: "Set a forgotten password anew",
  notes:
    "For pages of this server alone, by the code of a link that the operator made. Every session of the account ends.",
  token: "none",
  body,
  success: { status: 204 },
  errors: [...PAGE_ERRORS, "malformedRequest", "bodyTooLarge", "notFound", "tooManyAttempts", "busy"],
};

/** `POST /session/reset` */
async function setAnew(call: Call): Promise<Response> {
  const visit = requireOwnPage(call);
  await resetPassword(call.context.accounts, visit, await readBody(call, body));
  return done();
}
