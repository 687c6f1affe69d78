import { OAuthRefused } from "./refusal.ts";

/** Parameters of a request, by name: those that were given a value. */
export type Parameters<Name extends string = string> = { readonly [Key in Name]?: string };

/**
 * Takes the parameters that a request may have. One without a value counts as not given, and others are ignored; none may be
 * given twice, because two readers could each see another one (RFC 6749 sections 3.1 and 3.2).
 *
 * @throws OAuthRefused malformed
 */
export function takeParameters<Name extends string>(
  given: URLSearchParams,
  names: readonly Name[],
): Parameters<Name> {
  const taken: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const values = given.getAll(name);
    if (values.length > 1) throw new OAuthRefused("malformed", `${name}: expected it once`);
    if (values[0]) taken[name] = values[0];
  }
  return taken;
}

/** @throws OAuthRefused malformed when it was not given */
export function requireParameter<Name extends string>(parameters: Parameters<Name>, name: Name): string {
  const value = parameters[name];
  if (value === undefined) throw new OAuthRefused("malformed", `${name}: expected a value`);
  return value;
}
