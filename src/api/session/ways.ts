import { z } from "zod";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { requestOrigin } from "../requestOrigin.ts";
import { answer, whyNoSignIn } from "./sessionPage.ts";

export const ways: Operation = {
  answer: show,
  id: "getSignInWays",
  group: "Signing in",
  summary: "How people can sign in here",
  token: "none",
  success: {
    status: 200,
    content: {
      "application/json": z.object({
        sign_up: z.enum(["open", "invitation", "closed"]).describe("Who may make an account"),
        outside: z
          .object({ name: z.string() })
          .nullable()
          .describe("The outside provider, where there is one"),
        can_sign_in: z.boolean().describe("False over plain http, but on this machine"),
        reason: z.string().nullable().describe("Why nobody can, and what to do"),
      }),
    },
  },
};

/** `GET /session/ways` */
function show({ request, context }: Call): Response {
  const reason = whyNoSignIn(requestOrigin(request, context.settings));
  const { outside } = context.accounts;
  return answer({
    sign_up: context.settings.signUp,
    outside: outside === undefined ? null : { name: outside.name },
    can_sign_in: reason === undefined,
    reason: reason ?? null,
  });
}
