import type { Settings } from "../settings/settings.ts";

/**
 * The address under which whoever asks reaches this server, for links in the answer: the public one, or the host and
 * scheme by which the request came. Only hosts that are allowed get this far (see hosts.ts).
 */
export function requestOrigin(request: Request, { publicUrl }: Pick<Settings, "publicUrl">): URL {
  return publicUrl ?? new URL(new URL(request.url).origin);
}
