import { endSession } from "../../auth/accounts/entering.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { PAGE_ERRORS } from "./refusals.ts";
import { done, requireOwnPage } from "./sessionPage.ts";

export const signOut: Operation = {
  answer: leave,
  id: "signOut",
  group: "Signing in",
  summary: "Sign out",
  notes:
    "For pages of this server alone. The session ends, with its pages' tokens and what listens by them. Whoever is not signed in is answered 204 too.",
  token: "cookie",
  success: { status: 204 },
  errors: PAGE_ERRORS,
};

/** `POST /session/sign-out` */
async function leave(call: Call): Promise<Response> {
  const visit = requireOwnPage(call);
  const { accounts } = call.context;
  const session = await accounts.session(visit);
  if (session === undefined) return done();
  const cookies = await endSession(accounts, visit, session);
  await accounts.record(session.person, "signed_out", { address: visit.address });
  return done(cookies);
}
