import { authorise } from "../../auth/bearer.ts";
import type { ProfileId } from "../../domain/reading.ts";
import type { Scope } from "../../domain/scopes.ts";
import { rowOf } from "../../storage/directory.ts";
import type { Call } from "../context.ts";
import type { TokenUse } from "../operation.ts";
import { ownProfile, requireScope } from "../pulsoid/ownProfile.ts";

/** To see one's rooms and who is in them. */
export const READ_ROOMS = { scopes: ["data:room:read"], query: false } as const satisfies TokenUse;

/** To change or leave a room. */
export const WRITE_ROOMS = { scopes: ["data:room:write"], query: false } as const satisfies TokenUse;

/**
 * For whatever widens the circle of those who hear a pulse: an app that may not hear it itself could otherwise let
 * somebody else hear it.
 */
export const WIDEN_ROOMS = {
  scopes: ["data:room:write", "data:heart_rate:read"],
  query: false,
} as const satisfies TokenUse;

interface Scopes {
  readonly scopes: readonly [Scope, ...Scope[]];
}

/** Whose token a request carries, if it holds every scope that is asked for. @throws TokenRefused or ApiError */
export async function roomUser(call: Call, use: Scopes): Promise<ProfileId> {
  return (await roomToken(call, use)).profile;
}

/** The same, and the token's row, with which ends what is made by it. @throws TokenRefused or ApiError */
export async function roomToken(
  { request, context }: Call,
  { scopes: [first, ...more] }: Scopes,
): Promise<{ readonly profile: ProfileId; readonly row: number | undefined }> {
  const now = context.clock();
  const token = await authorise(request, { scope: first, query: false }, context.verifier, now);
  for (const scope of more) requireScope(token, scope);
  const { id: profile } = ownProfile(token, first);
  if (first === "data:room:read") context.uses.read(token, now);
  return { profile, row: rowOf(token) };
}
