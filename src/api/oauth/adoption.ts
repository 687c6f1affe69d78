import type { Call } from "../context.ts";
import { isLocal } from "../hosts.ts";

/** Whether an app that this server does not know may ask a person all the same (HEARTWIRE_ADOPT_CLIENTS). */
export function mayAdopt({ request, context: { settings } }: Pick<Call, "request" | "context">): boolean {
  if (settings.adoptClients === "auto") return isLocal(request, settings);
  return settings.adoptClients === "on";
}
