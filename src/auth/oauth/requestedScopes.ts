import { parseScopes, type Scope } from "../../domain/scopes.ts";
import { OAuthRefused } from "./refusal.ts";

export interface RequestedScopes {
  /** What may be granted, in the order of SCOPES. */
  readonly scopes: readonly Scope[];
  /** What was asked for and cannot be had, as it was written. */
  readonly dropped: readonly string[];
}

/** Only a server makes profiles: no person can allow that. */
const SERVERS_ONLY: readonly Scope[] = ["profile:create"];

/**
 * Reads what an app asks a person for. Unknown scopes are dropped, because apps made for Pulsoid ask for some that are gone.
 *
 * An app that names none is refused (RFC 6749 section 3.3 leaves that open): whatever we chose for it, the person would allow
 * more than it needs.
 *
 * @throws OAuthRefused scopeRefused when none is left
 */
export function scopesOfPerson(list: string | undefined): RequestedScopes {
  const { known, unknown } = parseScopes(list ?? "");
  const scopes = known.filter((scope) => !SERVERS_ONLY.includes(scope));
  if (scopes.length === 0)
    throw new OAuthRefused("scopeRefused", "scope: expected at least one that this server knows");
  return { scopes, dropped: [...known.filter((scope) => SERVERS_ONLY.includes(scope)), ...unknown] };
}

/**
 * Reads what a server asks for in its own name. Without a list it is what only a server may do; others are given too, and open
 * nothing that belongs to a person.
 *
 * @throws OAuthRefused scopeRefused when there is a list and none of it is known
 */
export function scopesOfServer(list: string | undefined): RequestedScopes & { readonly differ: boolean } {
  if (list === undefined) return { scopes: SERVERS_ONLY, dropped: [], differ: true };
  const { known, unknown } = parseScopes(list);
  if (known.length === 0)
    throw new OAuthRefused("scopeRefused", "scope: expected at least one that this server knows");
  return { scopes: known, dropped: unknown, differ: unknown.length > 0 };
}
