import type { Scope } from "../../domain/scopes.ts";
import type { Directory } from "../../storage/directory.ts";

/** What lets an app learn the id of a widget whose link somebody else opened. */
const LISTING: readonly Scope[] = ["data:heart_rate:read", "widgets:read"];

/**
 * Whether there are open links whose address a token could list. Revoking it closes those that it opened itself; by the others
 * whoever noted the address goes on hearing.
 *
 * @param id of a token
 */
export async function couldListOpenLinks(directory: Directory, id: number): Promise<boolean> {
  const token = (await directory.listTokens()).find((listed) => listed.id === id);
  if (token?.profile === undefined || !LISTING.every((scope) => token.scopes.includes(scope))) return false;
  const widgets = await directory.widgets.list(token.profile.id);
  return widgets.some(({ link }) => link !== undefined);
}
