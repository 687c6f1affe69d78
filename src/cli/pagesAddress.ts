import type { FlagValues } from "../settings/settings.ts";
import { fromEnvironment, readBaseUrl } from "./connection.ts";
import { sharedAddress } from "./serverAddress.ts";
import { settingsOf } from "./settingsOptions.ts";

/** Where the pages of the server are, as far as flags and environment tell; `HEARTWIRE_URL` counts unless flags do. */
export function pagesAddress(flags: Pick<FlagValues, "host" | "port" | "publicUrl">): string {
  const isTold = flags.host !== undefined || flags.port !== undefined;
  const known = !isTold && fromEnvironment("HEARTWIRE_URL") !== undefined ? readBaseUrl({}) : undefined;
  return sharedAddress(settingsOf(flags), known);
}
