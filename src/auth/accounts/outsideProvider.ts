import type { Settings } from "../../settings/settings.ts";

/** The name under which better-auth knows the one outside provider. */
export const OUTSIDE_PROVIDER = "outside";

/** An OpenID provider by which people sign in here too. */
export interface OutsideProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly name: string;
}

/** @returns undefined where the operator named none */
export function outsideProviderOf({
  oidcIssuer,
  oidcClientId,
  oidcClientSecret,
  oidcName,
}: Pick<Settings, "oidcIssuer" | "oidcClientId" | "oidcClientSecret" | "oidcName">):
  | OutsideProvider
  | undefined {
  if (oidcIssuer === undefined || oidcClientId === undefined) return undefined;
  // An issuer is compared letter by letter (OpenID Connect Discovery 1.0 section 4.3), and URL adds a slash to a bare host.
  const issuer = oidcIssuer.pathname === "/" ? oidcIssuer.origin : oidcIssuer.href;
  return { issuer, clientId: oidcClientId, clientSecret: oidcClientSecret, name: oidcName };
}
