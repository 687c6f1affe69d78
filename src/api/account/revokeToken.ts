import { z } from "zod";
import { clientAddress } from "../clientAddress.ts";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { Operation } from "../operation.ts";
import { noContent } from "../responses.ts";
import { sessionUser } from "./sessionUser.ts";

export const revokeToken: Operation = {
  answer: revoke,
  id: "revokeToken",
  group: "Account",
  summary: "Revoke a token that one made by hand",
  notes:
    "It opens nothing from then on, and its sockets close within a second, as do those of widgets whose links it opened. Its invitations to rooms end.",
  token: "session",
  path: z.object({ id: z.string().describe("The `id` of a token in the list") }),
  success: { status: 204 },
  errors: ["notFound"],
};

/** Numbers of tokens that a number of JavaScript holds. */
const NUMBER = /^\d{1,15}$/;

/** `DELETE /api/heartwire/v1/account/tokens/{id}` */
async function revoke(call: Call): Promise<Response> {
  const { context, parameters } = call;
  const { profile, now } = await sessionUser(call);
  const id = parameters.id ?? "";
  const revoked = NUMBER.test(id)
    ? await context.directory.ownTokens.revoke(profile.id, Number(id), now)
    : undefined;
  if (revoked === undefined) throw new ApiError("notFound", { detail: "there is no such token" });
  context.verifier.forget();
  context.control.announce({ rights: ["token", "link"] });
  const details = {
    ...(revoked.label === undefined ? {} : { name: revoked.label }),
    scopes: revoked.scopes,
    address: clientAddress(call),
  };
  await context.directory.trail.record({ at: now, profile: profile.id, kind: "token_revoked", details });
  return noContent();
}
