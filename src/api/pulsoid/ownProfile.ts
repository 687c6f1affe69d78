import type { Scope } from "../../domain/scopes.ts";
import type { Profile, TokenRecord } from "../../storage/directory.ts";
import { ApiError } from "../errors.ts";

/**
 * The profile whose data a token opens.
 *
 * @throws ApiError scopeMissing for a server token, which has no profile and opens nobody's data
 */
export function ownProfile(token: TokenRecord, scope: Scope): Profile {
  if (token.profile === undefined) throw new ApiError("scopeMissing", { scope });
  return token.profile;
}

/** @throws ApiError scopeMissing when the token lacks a scope beside the one by which it was let in */
export function requireScope(token: TokenRecord, scope: Scope): void {
  if (!token.scopes.includes(scope)) throw new ApiError("scopeMissing", { scope });
}
