/** A browser that asks for something, as far as accounts want to know. */
export interface Visit {
  /** The origin under which it reached the server. */
  readonly origin: string;
  /** Its `Cookie` header; null where it sent none. */
  readonly cookie: string | null;
  readonly userAgent: string;
  /** The address from which it came. */
  readonly address: string;
}

/** Longer ones say no more of a browser, and would only fill the database. */
const USER_AGENT_CHARACTERS_MAX = 250;

/** The headers that better-auth is told: these alone, whatever else a request brought. */
export function headersOf({ origin, cookie, userAgent, address }: Visit, addressHeader: string): Headers {
  const headers = new Headers({ origin, "user-agent": userAgent.slice(0, USER_AGENT_CHARACTERS_MAX) });
  headers.set(addressHeader, address);
  if (cookie !== null) headers.set("cookie", cookie);
  return headers;
}

/** The `Cookie` header that a browser would send after it was given these cookies. */
export function cookieHeader(setCookies: readonly string[]): string {
  return setCookies
    .map((cookie) => cookie.split(";")[0] as string)
    .filter((pair) => !pair.endsWith("="))
    .join("; ");
}
