import { z } from "zod";
import type { Removed } from "../../storage/signIns.ts";
import type { TrailKind } from "../../storage/trail.ts";
import { clientAddress } from "../clientAddress.ts";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { noContent } from "../responses.ts";
import { sessionUser } from "./sessionUser.ts";

const LAST = "The last way to sign in cannot be taken away.";

export const removePasskey: Operation = {
  answer: (call) =>
    remove(call, "passkey_removed", "there is no such passkey", (person) =>
      call.context.directory.signIns.removePasskey(person, call.parameters.id ?? ""),
    ),
  id: "removePasskey",
  group: "Account",
  summary: "Take a passkey away",
  notes: LAST,
  token: "session",
  path: z.object({ id: z.string().describe("The `id` of a passkey") }),
  success: { status: 204 },
  errors: ["notFound", "conflict"],
};

export const removeOutside: Operation = {
  answer: (call) =>
    remove(call, "outside_sign_in_unlinked", "no outside account is linked", (person) =>
      call.context.directory.signIns.removeOutside(person),
    ),
  id: "unlinkOutsideSignIn",
  group: "Account",
  summary: "Unlink the account of an outside provider",
  notes: LAST,
  token: "session",
  success: { status: 204 },
  errors: ["notFound", "conflict"],
};

/** `DELETE /api/heartwire/v1/account/passkeys/{id}` and `DELETE /api/heartwire/v1/account/outside` */
async function remove(
  call: Call,
  kind: TrailKind,
  unknown: string,
  take: (person: string) => Promise<Removed>,
): Promise<Response> {
  const { profile, session, now } = await sessionUser(call);
  const removed = await take(session.person);
  if (removed === "unknown") throw new ApiError("notFound", { detail: unknown });
  if (removed === "last") {
    throw new ApiError("conflict", { detail: "this is the last way to sign in; add another one first" });
  }
  const details = { address: clientAddress(call) };
  await call.context.directory.trail.record({ at: now, profile: profile.id, kind, details });
  return noContent();
}
