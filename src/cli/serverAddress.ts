import type { Settings } from "../settings/settings.ts";

/** Where a server with these settings is reached from this machine, without a path. */
export function localAddress({ host, port }: Pick<Settings, "host" | "port">): string {
  const name = host === undefined || host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}

/** Where others reach a server with these settings: by its public address, where it has one. */
export function sharedAddress(settings: Pick<Settings, "host" | "port" | "publicUrl">): string {
  return settings.publicUrl?.origin ?? localAddress(settings);
}
