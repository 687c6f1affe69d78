import { PULSOID_HOSTS } from "../domain/pulsoidHosts.ts";
import type { Settings } from "../settings/settings.ts";

/** Where a server with these settings is reached from this machine, without a path. */
export function localAddress({ host, port }: Pick<Settings, "host" | "port">): string {
  const name = host === undefined || host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}

/**
 * Where others reach the pages of a server with these settings: by its public address, where it has one that is not one
 * of Pulsoid's, which elsewhere lead to the real site.
 *
 * @param known where the server is as far as commands were told (`HEARTWIRE_URL`), for one without a public address
 */
export function sharedAddress(settings: Pick<Settings, "host" | "port" | "publicUrl">, known?: URL): string {
  const { publicUrl } = settings;
  if (publicUrl !== undefined && !PULSOID_HOSTS.includes(publicUrl.hostname)) return publicUrl.origin;
  return known?.origin ?? localAddress(settings);
}
