import { authorise } from "../../auth/bearer.ts";
import type { EpochMs, ProfileId } from "../../domain/reading.ts";
import type { Scope } from "../../domain/scopes.ts";
import { isUuid } from "../../domain/uuid.ts";
import { rowOf, type TokenRecord } from "../../storage/directory.ts";
import type { LinkOpening, Widget } from "../../storage/widgets.ts";
import type { Call, Context } from "../context.ts";
import { ApiError } from "../errors.ts";
import type { TokenUse } from "../operation.ts";
import { ownProfile } from "../pulsoid/ownProfile.ts";

/** Whoever holds this may hear the pulse anyway, and so may know the ids of widgets whose link is open. */
export const HEARING: Scope = "data:heart_rate:read";

/** To make, change and delete widgets. */
export const CHANGE_WIDGETS = { scopes: ["widgets:update"], query: false } as const satisfies TokenUse;

/** Whose widgets a request is about. */
export interface WidgetUser {
  readonly token: TokenRecord;
  readonly profile: ProfileId;
  readonly mayHear: boolean;
}

/** @throws TokenRefused or ApiError */
export async function widgetUser({ request, context }: Call, scope: Scope): Promise<WidgetUser> {
  const token = await authorise(request, { scope, query: false }, context.verifier, context.clock());
  return { token, profile: ownProfile(token, scope).id, mayHear: token.scopes.includes(HEARING) };
}

/** A link that is opened by an app's token ends with it. */
export function openingBy(token: TokenRecord, openedAt: EpochMs): LinkOpening {
  const row = rowOf(token);
  return row === undefined ? { openedAt } : { token: row, openedAt };
}

/** An id whose link is open is a bearer of the pulse: only who may hear that may see it. */
export function isSeenBy({ profile, mayHear }: WidgetUser, widget: Widget): boolean {
  return widget.profile === profile && (mayHear || widget.link === undefined);
}

/** @throws ApiError notFound for somebody else's widget, one that this token may not see, or none */
export async function findWidget({ directory }: Context, user: WidgetUser, id = ""): Promise<Widget> {
  const widget = isUuid(id) ? await directory.widgets.find(id.toLowerCase()) : undefined;
  if (widget === undefined || !isSeenBy(user, widget)) throw new ApiError("notFound");
  return widget;
}
