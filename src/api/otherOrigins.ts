/**
 * What pages of other origins may call (CORS, section 2 of the wire text): the API, never a page of ours. Health and
 * metrics are for the operator, and would tell any page that Heartwire runs here.
 */
export const OPEN_PREFIXES = ["/api/", "/v1/api/", "/.well-known/"];
export const OPEN_PATHS = ["/oauth2/token", "/oauth2/revoke", "/oauth2/device_authorization"];

export function isOpenToOtherOrigins(path: string): boolean {
  return OPEN_PATHS.includes(path) || OPEN_PREFIXES.some((prefix) => path.startsWith(prefix));
}

/** The path that was asked for, also where no usable Host header made the request's address a whole one. */
export function pathOf(request: Request): string {
  return URL.parse(request.url, "http://localhost")?.pathname ?? "/";
}
