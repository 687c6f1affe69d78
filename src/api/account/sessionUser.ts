import { FRESH_MS } from "../../auth/accounts/accounts.ts";
import { authorise } from "../../auth/bearer.ts";
import type { EpochMs } from "../../domain/reading.ts";
import type { Profile, TokenSession } from "../../storage/directory.ts";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";

/** Where the token of these routes may stand. */
export const PAGE_TOKEN = { query: false } as const;

/** Somebody who is signed in on a page of ours. */
export interface SessionUser {
  readonly profile: Profile;
  readonly session: TokenSession;
  readonly now: EpochMs;
}

/**
 * Whose page asks, by its ten-minute token: no app's token and no token made by hand opens an account.
 *
 * @throws TokenRefused; ApiError scopeMissing, without a scope that would help, for any other token
 */
export async function sessionUser({ request, context }: Call): Promise<SessionUser> {
  const now = context.clock();
  const { profile, session } = await authorise(request, PAGE_TOKEN, context.verifier, now);
  if (session === undefined || profile === undefined) throw new ApiError("scopeMissing");
  return { profile, session, now };
}

/** The same for somebody who has just shown who they are. @throws ApiError staleSignIn too */
export async function freshUser(call: Call): Promise<SessionUser> {
  const user = await sessionUser(call);
  if (user.now - user.session.signedInAt > FRESH_MS) throw new ApiError("staleSignIn");
  return user;
}
