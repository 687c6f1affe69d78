import { PULSOID_HOSTS } from "../domain/pulsoidHosts.ts";
import type { Settings } from "../settings/settings.ts";
import type { Context } from "./context.ts";
import { ApiError } from "./errors.ts";

/**
 * The origin under which whoever sent a request reaches this server, for addresses in an answer: the public address
 * where there is one, else the scheme by which the request came and the `Host` it asked for, which the host check has
 * let through. Headers of proxies (`Forwarded`, `X-Forwarded-*`) are never believed, because anybody can send them:
 * an operator with a proxy names its address in HEARTWIRE_PUBLIC_URL.
 *
 * @returns an address with the path "/"; for a socket's address set its protocol to `wss:` where this is `https:`
 * @throws ApiError misdirected when the Host makes no address, as a port beyond 65535 does
 */
export function requestOrigin(request: Request, { publicUrl }: Pick<Settings, "publicUrl">): URL {
  if (publicUrl !== undefined) return new URL(publicUrl.origin);
  // Bun makes the request's address of the listener's scheme and the Host header, whatever the target said.
  const asked = URL.parse(request.url);
  if (asked === null) throw new ApiError("misdirected");
  return new URL(asked.origin);
}

/**
 * The origin for the address of a page that is given away and opened later, perhaps on another machine: the same, but
 * never one of Pulsoid's hosts, which lead here on this machine alone. Elsewhere the real site would be told the secret
 * in the address.
 *
 * @throws ApiError misdirected, as {@link requestOrigin}
 */
export function pageOrigin(
  request: Request,
  { settings, ownUrl }: Pick<Context, "settings" | "ownUrl">,
): URL {
  const origin = requestOrigin(request, settings);
  return PULSOID_HOSTS.includes(origin.hostname) ? ownUrl() : origin;
}
