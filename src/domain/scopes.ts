/**
 * The scopes a token can hold. They are Pulsoid's, but for `data:room:write`, which is ours: Pulsoid documents no way to
 * make or join a room. `geometry_dash_mod:*` is grantable and opens nothing here.
 */
export const SCOPES = [
  "data:heart_rate:read",
  "data:heart_rate:write",
  "data:statistics:read",
  "data:room:read",
  "data:room:write",
  "profile:read",
  "profile:create",
  "widgets:read",
  "widgets:update",
  "geometry_dash_mod:configuration:read",
  "geometry_dash_mod:configuration:write",
] as const;

export type Scope = (typeof SCOPES)[number];

export function isScope(name: string): name is Scope {
  return (SCOPES as readonly string[]).includes(name);
}

/** A list of scopes as it was written, taken apart. */
export interface ScopeList {
  /** Known scopes, each once, in the order of {@link SCOPES}. */
  readonly known: readonly Scope[];
  readonly unknown: readonly string[];
}

/**
 * Reads a scope list as clients write it: separated by spaces or commas, sometimes in quotes. Who asks decides
 * what an unknown scope means: the OAuth endpoints drop it, the command line refuses it.
 */
export function parseScopes(list: string): ScopeList {
  const names = list.split(/[\s,"']+/).filter((name) => name !== "");
  return {
    known: SCOPES.filter((scope) => names.includes(scope)),
    unknown: [...new Set(names.filter((name) => !isScope(name)))],
  };
}
