import { z } from "zod";
import { clientAddress } from "../clientAddress.ts";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { noContent } from "../responses.ts";
import { sessionUser } from "./sessionUser.ts";

export const endSessions: Operation = {
  answer: endAll,
  id: "signOutEverywhere",
  group: "Account",
  summary: "Sign out everywhere, here too",
  notes:
    "Every page's token ends at once, and its sockets within a second. Apps and tokens made by hand stay.",
  token: "session",
  success: { status: 204 },
};

/** `DELETE /api/heartwire/v1/account/sessions` */
async function endAll(call: Call): Promise<Response> {
  const { context } = call;
  const { profile, session, now } = await sessionUser(call);
  await context.directory.people.endSessions(session.person);
  context.sessionTokens.endOf(profile.id);
  context.control.announce({ rights: ["session"] });
  const details = { address: clientAddress(call) };
  await context.directory.trail.record({
    at: now,
    profile: profile.id,
    kind: "signed_out_everywhere",
    details,
  });
  return noContent();
}

export const endSession: Operation = {
  answer: endOne,
  id: "endSession",
  group: "Account",
  summary: "Sign out in one browser",
  token: "session",
  path: z.object({ id: z.string().describe("The `id` of a session") }),
  success: { status: 204 },
  errors: ["notFound"],
};

/** `DELETE /api/heartwire/v1/account/sessions/{id}` */
async function endOne(call: Call): Promise<Response> {
  const { context, parameters } = call;
  const { profile, session, now } = await sessionUser(call);
  const id = parameters.id ?? "";
  if (!(await context.directory.signIns.endSession(session.person, id))) {
    throw new ApiError("notFound", { detail: "there is no such session" });
  }
  context.sessionTokens.end(id);
  context.control.announce({ rights: ["session"] });
  const details = { address: clientAddress(call), elsewhere: id !== session.id };
  await context.directory.trail.record({ at: now, profile: profile.id, kind: "signed_out", details });
  return noContent();
}
