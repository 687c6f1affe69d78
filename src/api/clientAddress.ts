import { isIP } from "node:net";
import { senderOf } from "../auth/sender.ts";
import type { Settings } from "../settings/settings.ts";
import type { Call } from "./context.ts";

export { senderOf };

/** What counts as one sender when no address is known. */
const UNKNOWN = "unknown";

/**
 * The address from which a request was sent, for limits on attempts and for the trail. It is the other end of the
 * connection, unless that is a proxy that the operator named in HEARTWIRE_TRUSTED_PROXIES: then it is the last address of
 * `X-Forwarded-For` that is none of these. What anybody else writes into that header is not believed.
 */
export function clientAddress({
  request,
  arrival,
  context,
}: Pick<Call, "request" | "arrival"> & {
  readonly context: { readonly settings: Pick<Settings, "trustedProxies"> };
}): string {
  const proxies = context.settings.trustedProxies;
  let address = plain(arrival.peerOf(request));
  if (address === undefined || !proxies.check(address, family(address))) return address ?? UNKNOWN;
  const forwarded = (request.headers.get("x-forwarded-for") ?? "")
    .split(",")
    .map((part) => plain(part.trim()));
  for (const hop of forwarded.reverse()) {
    if (hop === undefined) break;
    address = hop;
    if (!proxies.check(hop, family(hop))) break;
  }
  return address;
}

/**
 * Who counts as one at endpoints that anybody may ask. Pages count apart from programs: one on the web that asks over and over would
 * otherwise shut out the apps of whoever opened it. Browsers say by themselves that it is a page that asks.
 */
export function askerOf(call: Parameters<typeof clientAddress>[0]): string {
  const sender = senderOf(clientAddress(call));
  return call.request.headers.has("origin") ? `${sender} by a page` : sender;
}

/** An IPv4 address that came in the form of IPv6 is itself; what is no address is nothing. */
function plain(text: string | undefined): string | undefined {
  const address = text?.replace(/^::ffff:(?=\d+\.)/i, "").toLowerCase();
  return address !== undefined && isIP(address) !== 0 ? address : undefined;
}

function family(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
