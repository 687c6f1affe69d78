/**
 * The addresses to which an app lets itself be sent back (RFC 6749 section 3.1.2, RFC 8252 section 7, RFC 9700 section 2.1).
 * They are compared as text: whatever has to be understood first can be misunderstood.
 */

/** A longer one is refused. */
export const REDIRECT_URI_LENGTH_MAX = 2_000;

/** `web`: https. `loopback`: an app that listens on the same machine. `app`: a scheme that an installed app claims. */
export type RedirectKind = "web" | "loopback" | "app";

/** Parameters that our own answers carry: an address that has one of them already would carry two. */
const ANSWERED = [
  "code",
  "state",
  "iss",
  "error",
  "error_description",
  "access_token",
  "token_type",
  "expires_in",
  "scope",
];

/** What may stand in an address as it is; everything else is percent-encoded, or somebody tries something. */
const PLAIN = /^[A-Za-z0-9\-._~:/?[\]@!$&'()*+,;=%]+$/;

const LOOPBACK = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(?::([1-9]\d{0,4}))?((?:[/?].*)?)$/;
const PORT_MAX = 65_535;

/** A scheme in the reverse order of a domain name (RFC 8252 section 7.1): without a dot it could be anybody's, or the browser's. */
const OWN_SCHEME = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+:\/?(?:\/(?!\/)|[^/]|$)/;

/**
 * Says what is wrong with a redirect address that somebody wants to register.
 *
 * @returns what was expected; undefined when it may be registered
 */
export function redirectUriFault(uri: string): string | undefined {
  if (uri.length > REDIRECT_URI_LENGTH_MAX) return `expected at most ${REDIRECT_URI_LENGTH_MAX} characters`;
  if (uri.includes("#")) return "expected an address without a fragment (#)";
  if (!PLAIN.test(uri))
    return "expected an address of plain ASCII characters, everything else percent-encoded";
  const parsed = URL.parse(uri);
  if (parsed === null) return "expected an absolute address, such as https://app.example/callback";
  if (parsed.username !== "" || parsed.password !== "") return "expected an address without a user name";
  if ([...parsed.searchParams.keys()].some((name) => ANSWERED.includes(name))) {
    return "expected a query without the names that an answer has, such as code or state";
  }
  // The normal form of an address without a path ends with the slash that the app may leave out.
  if (parsed.href !== uri && parsed.href !== withSlash(uri)) {
    return `expected the address in its normal form, without a default port, capitals in the host or dots in the path`;
  }
  if (redirectKind(uri) === undefined) {
    return "expected https, http on 127.0.0.1, [::1] or localhost, or a scheme of the app's own with a dot in it";
  }
  return undefined;
}

/** The kind of an address that may be registered; undefined for every other. */
export function redirectKind(uri: string): RedirectKind | undefined {
  if (uri.startsWith("https://")) return "web";
  if (takeLoopback(uri) !== undefined) return "loopback";
  return OWN_SCHEME.test(uri) ? "app" : undefined;
}

/** Whether an address leads to an app on the machine of whoever follows it, and is written as it should be. */
export function isLoopbackRedirect(uri: string): boolean {
  return takeLoopback(uri) !== undefined && redirectUriFault(uri) === undefined;
}

/**
 * Whether an app may be sent back to an address: it is one of those registered, character by character. A loopback one may name
 * any port, because an app takes one that is free (RFC 8252 section 7.3).
 */
export function isRegisteredRedirect(uri: string, registered: readonly string[]): boolean {
  if (registered.includes(uri)) return true;
  const asked = takeLoopback(uri);
  if (asked === undefined) return false;
  return registered.some((known) => {
    const other = takeLoopback(known);
    return other !== undefined && other.name === asked.name && other.rest === asked.rest;
  });
}

interface Loopback {
  readonly name: string;
  /** Everything behind the port. */
  readonly rest: string;
}

function takeLoopback(uri: string): Loopback | undefined {
  const [, name, port, rest] = LOOPBACK.exec(uri) ?? [];
  if (name === undefined || Number(port ?? 0) > PORT_MAX) return undefined;
  return { name, rest: rest ?? "" };
}

function withSlash(uri: string): string {
  const query = uri.indexOf("?");
  return query < 0 ? `${uri}/` : `${uri.slice(0, query)}/${uri.slice(query)}`;
}
