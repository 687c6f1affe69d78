import { z } from "zod";
import { AccountRefused } from "../../auth/accounts/accountRefused.ts";
import type { Call } from "../context.ts";
import type { Operation } from "../operation.ts";
import { PAGE_ERRORS } from "./refusals.ts";
import { person } from "./schemas.ts";
import { answer, requireOwnPage } from "./sessionPage.ts";

export const token: Operation = {
  answer: trade,
  id: "getPageToken",
  group: "Signing in",
  summary: "Trade the cookie for a token of ten minutes",
  notes:
    "For pages of this server alone. The cookie itself opens nothing. The token ends with the session; the page asks for the next one before its end.",
  token: "cookie",
  success: {
    status: 200,
    content: {
      "application/json": z.object({
        access_token: z.uuid(),
        expires_in: z.int().describe("Seconds"),
        person,
        profile_id: z.string(),
        signed_in_at: z.int().describe("Unix time in milliseconds"),
      }),
    },
  },
  errors: [...PAGE_ERRORS, "signedOut"],
};

/** `POST /session/token` */
async function trade(call: Call): Promise<Response> {
  const visit = requireOwnPage(call);
  const { accounts, sessionTokens, directory, clock } = call.context;
  const session = await accounts.requireSession(visit);
  const profile = await accounts.profileOf(session.person);
  const { id, person, signedInAt, expiresAt } = session;
  const now = clock();
  const issued = sessionTokens.issue(
    { sessionId: id, person: person.id, profile, signedInAt, expiresAt },
    now,
  );
  // The session may have ended while it was looked up: its tokens were ended then, without this one.
  if (!(await directory.people.findSessions([id])).has(id)) {
    accounts.ended(id);
    throw new AccountRefused("signed out");
  }
  return answer(
    {
      access_token: issued.token,
      expires_in: Math.floor((issued.expiresAt - now) / 1_000),
      person: { name: person.name, email: person.email },
      profile_id: profile.publicId,
      signed_in_at: signedInAt,
    },
    session.cookies,
  );
}
