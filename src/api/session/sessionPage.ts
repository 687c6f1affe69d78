import type { z } from "zod";
import type { Visit } from "../../auth/accounts/visit.ts";
import { readJson } from "../body.ts";
import { clientAddress } from "../clientAddress.ts";
import type { Call } from "../context.ts";
import { ApiError } from "../errors.ts";
import { requestOrigin } from "../requestOrigin.ts";
import { json } from "../responses.ts";

/** Names under which plain http stays on this machine. */
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** Why nobody can sign in under an origin; undefined where they can. */
export function whyNoSignIn(origin: URL): string | undefined {
  if (origin.protocol === "https:" || LOOPBACK.includes(origin.hostname)) return undefined;
  return "signing in takes https here: passwords and cookies would cross the network in the clear. Open this server by https, or as http://localhost on its own machine";
}

/**
 * Who asks, of a request that a page of ours sent. Another site's page can make a browser send a request with its cookies, and even
 * sign somebody in as somebody else; but it cannot say that it is ours (Origin and Sec-Fetch-Site are the browser's own), nor
 * send JSON without being asked first.
 *
 * @throws ApiError insecureOrigin over plain http from elsewhere, or otherOrigin when it is no page of ours that asks
 */
export function requireOwnPage(call: Call): Visit {
  const visit = visitOf(call);
  const { headers } = call.request;
  const site = headers.get("sec-fetch-site");
  const type = (headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (headers.get("origin") !== visit.origin || (site !== null && site !== "same-origin")) {
    throw new ApiError("otherOrigin");
  }
  if (type !== "application/json") {
    throw new ApiError("otherOrigin", {
      detail: "this is for pages of this server alone: send Content-Type: application/json",
    });
  }
  return visit;
}

/** @throws ApiError insecureOrigin over plain http from elsewhere */
export function visitOf(call: Call): Visit {
  const { request, context } = call;
  const origin = requestOrigin(request, context.settings);
  const reason = whyNoSignIn(origin);
  if (reason !== undefined) throw new ApiError("insecureOrigin", { detail: reason });
  return {
    origin: origin.origin,
    cookie: request.headers.get("cookie"),
    userAgent: request.headers.get("user-agent") ?? "",
    address: clientAddress(call),
  };
}

export function readBody<Schema extends z.ZodType>(
  { request, context }: Call,
  schema: Schema,
): Promise<z.output<Schema>> {
  return readJson(request, schema, context.limits.bodyBytesMax);
}

/** An answer to a page of ours: no other origin may read it, and nobody keeps it. */
export function answer(body: object, cookies: readonly string[] = []): Response {
  return withCookies(json(body, { otherOrigins: false }), cookies);
}

export function done(cookies: readonly string[] = []): Response {
  return withCookies(new Response(null, { status: 204, headers: { "cache-control": "no-store" } }), cookies);
}

export function withCookies(response: Response, cookies: readonly string[]): Response {
  for (const cookie of cookies) response.headers.append("set-cookie", cookie);
  return response;
}
