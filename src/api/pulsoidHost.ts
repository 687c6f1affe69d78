import type { Call, Endpoint } from "./context.ts";
import { ApiError } from "./errors.ts";
import { isOpenToOtherOrigins, pathOf } from "./otherOrigins.ts";

/** Paths that no page of another origin may call, and that programs call all the same. */
const OTHER_PROGRAM_PREFIXES = ["/listen/", "/health/"];

/**
 * Answers a request under one of Pulsoid's hosts, which this machine leads here. Browsers hold cookies of the real
 * site for these names: none is read, and none is set. Programs are answered at once; whoever opens a page is sent to
 * this server's own origin first, so that nothing of ours ever lives under a name that is not ours.
 *
 * @param endpoint what answers under a name of our own
 */
export async function underPulsoidHost(call: Call, endpoint: Endpoint): Promise<Response | undefined> {
  const { request, context } = call;
  request.headers.delete("cookie");
  const path = pathOf(request);
  if (!isForPrograms(path)) return toOwnOrigin(request, path, context.ownUrl());
  const response = await endpoint(call);
  response?.headers.delete("set-cookie");
  return response;
}

function isForPrograms(path: string): boolean {
  return isOpenToOtherOrigins(path) || OTHER_PROGRAM_PREFIXES.some((prefix) => path.startsWith(prefix));
}

/** @throws ApiError notFound for what is no page: a form that is sent twice would be worse than one that is not sent */
function toOwnOrigin({ method, url }: Request, path: string, own: URL): Response {
  if (method !== "GET" && method !== "HEAD") throw new ApiError("notFound");
  // Set part by part: a path that begins with two slashes would otherwise name another host.
  const address = new URL(own.origin);
  address.pathname = path;
  address.search = withoutTokens(URL.parse(url)?.search ?? "");
  return new Response(null, {
    status: 307,
    headers: { location: address.href, "cache-control": "no-store", "referrer-policy": "no-referrer" },
  });
}

/** A page takes no token in its query. One that holds a token is dropped, so that it is not written down once more. */
function withoutTokens(search: string): string {
  return [...new URLSearchParams(search).keys()].some((name) => /token/i.test(name)) ? "" : search;
}
