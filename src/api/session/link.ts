import { z } from "zod";
import { lookAtLink } from "../../auth/accounts/links.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { PAGE_ERRORS } from "./refusals.ts";
import { BODY, code } from "./schemas.ts";
import { answer, readBody, requireOwnPage } from "./sessionPage.ts";

const body = z.object({ code }, BODY);

export const link: Operation = {
  answer: look,
  id: "lookAtLink",
  group: "Signing in",
  summary: "What a link does that works once",
  notes: "For pages of this server alone. Looking does not use it up.",
  token: "none",
  body,
  success: {
    status: 200,
    content: {
      "application/json": z.object({
        kind: z.enum(["claim", "invitation", "reset"]),
        profile: z.string().nullable().describe("The user of the command line that the account will own"),
      }),
    },
  },
  errors: [...PAGE_ERRORS, "malformedRequest", "bodyTooLarge", "notFound", "tooManyAttempts"],
};

/** `POST /session/link` */
async function look(call: Call): Promise<Response> {
  const visit = requireOwnPage(call);
  const { code: given } = await readBody(call, body);
  return answer(await lookAtLink(call.context.accounts, visit, given));
}
