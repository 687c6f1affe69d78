import { isUuid } from "../../domain/uuid.ts";
import type { Widget } from "../../storage/widgets.ts";
import type { Context } from "../context.ts";

/** A widget whose link is open. */
export type OpenWidget = Widget & { readonly link: number };

/**
 * Finds a widget by its id, which is all that somebody without a token knows.
 *
 * @returns undefined for one that is unknown and for one whose link is closed: nobody can tell these apart
 */
export async function findOpenWidget({ directory }: Context, id: string): Promise<OpenWidget | undefined> {
  const widget = isUuid(id) ? await directory.widgets.find(id.toLowerCase()) : undefined;
  return widget?.link === undefined ? undefined : (widget as OpenWidget);
}
