import type { Context } from "../context.ts";
import { pageOrigin } from "../requestOrigin.ts";

/** Addresses of this machine under which pages are not opened: passkeys need the name. */
const LOOPBACK_ADDRESSES = ["127.0.0.1", "[::1]"];

/**
 * The issuer: the origin at which this authorization server is, and where its pages are (RFC 8414 section 2, RFC 9207). It is the
 * public address where there is one. Asked under a loopback address it is `localhost`, where a page that is opened there is led to:
 * an app that compares would otherwise see another issuer in the answer than in the metadata.
 */
export function issuerOf(request: Request, context: Pick<Context, "settings" | "ownUrl">): string {
  // A copy: the server's own address is shared.
  const origin = new URL(pageOrigin(request, context));
  if (origin.protocol === "http:" && LOOPBACK_ADDRESSES.includes(origin.hostname))
    origin.hostname = "localhost";
  return origin.origin;
}
