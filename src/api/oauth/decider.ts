import type { z } from "zod";
import { authorise } from "../../auth/bearer.ts";
import type { Profile, TokenRecord, TokenSession } from "../../storage/directory.ts";
import { readJson } from "../body.ts";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";

/** A person who is signed in, as a page of ours shows by its token. */
export interface SignedInPerson {
  readonly profile: Profile;
  readonly session: TokenSession;
}

/**
 * Reads what a page sends for a person, and who that is. A body may be slow: the session may have ended meanwhile, and opens nothing
 * then.
 *
 * @throws TokenRefused; ApiError scopeMissing, malformedRequest or bodyTooLarge
 */
export async function readDecision<Schema extends z.ZodType>(
  call: Call,
  schema: Schema,
): Promise<SignedInPerson & { readonly body: z.output<Schema> }> {
  await decider(call);
  const body = await readJson(call.request, schema, call.context.limits.bodyBytesMax);
  return { ...(await decider(call)), body };
}

/**
 * Who decides. Only a page of ours may ask: with a token of another kind an app could let itself have more.
 *
 * @throws TokenRefused; ApiError scopeMissing for a token that is no page's
 */
async function decider({ request, context }: Call): Promise<SignedInPerson> {
  const record: TokenRecord = await authorise(request, { query: false }, context.verifier, context.clock());
  const { profile, session } = record;
  if (session === undefined || profile === undefined) throw new ApiError("scopeMissing");
  return { profile, session };
}
