/** Where somebody who opened the sign-in page by itself goes on. */
export const FIRST_PLACE = "/apps";

/**
 * Where to go on after signing in. The address of the sign-in page may come from anybody, so that only paths of our own
 * origin are followed: the browser's own parser decides what another origin is, `//`, `/\` and tabs between them included.
 *
 * @param search the query of the sign-in page, with `continue` in it
 * @returns a whole address of this origin; a path alone, such as that of `/.//host`, could mean another host once more
 */
export function continueTo(search: string, origin: string): string {
  const wanted = new URLSearchParams(search).get("continue") ?? "";
  const address = wanted.startsWith("/") ? URL.parse(wanted, origin) : null;
  return address?.origin === origin ? address.href : `${origin}${FIRST_PLACE}`;
}

/** The address of the sign-in page that leads back to a path, with its query. */
export function signInAddress(path: string): string {
  return `/sign-in?continue=${encodeURIComponent(path)}`;
}
