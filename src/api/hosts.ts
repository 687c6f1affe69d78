import type { Settings } from "../settings/settings.ts";

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"];

/** Addresses that mean "every interface" and are no name that anybody asks for. */
const EVERY_INTERFACE = ["0.0.0.0", "::"];

/** What proxies add to a request that they pass on. */
const FORWARDED = /^(forwarded|x-forwarded-.*|x-real-ip|via|cf-connecting-ip)$/i;

/** Host headers whose verdict is remembered, so that the hot path does not take them apart each time. */
const REMEMBERED_HOSTS_MAX = 1_000;

/**
 * Says which `Host` headers this server answers for: loopback, its own and its public address, and what the
 * operator allows. This keeps a web page of a stranger from reaching a local server under a name of its own (DNS
 * rebinding).
 */
export function hostCheck(settings: Settings): (host: string | null) => boolean {
  const allowed = new Set([
    ...LOOPBACK_NAMES,
    ...settings.allowedHosts,
    ...(settings.publicUrl === undefined ? [] : [settings.publicUrl.hostname]),
    ...(settings.host === undefined || EVERY_INTERFACE.includes(settings.host)
      ? []
      : [settings.host.toLowerCase(), `[${settings.host.toLowerCase()}]`]),
  ]);
  const verdicts = new Map<string, boolean>();
  return (host) => {
    if (host === null) return false;
    const known = verdicts.get(host);
    if (known !== undefined) return known;
    const verdict = allowed.has(withoutPort(host));
    if (verdicts.size < REMEMBERED_HOSTS_MAX) verdicts.set(host, verdict);
    return verdict;
  };
}

/**
 * Local, in the sense in which some things are on by default only locally: the server listens on loopback, has no
 * public address, and the request came straight here under a loopback name.
 */
export function isLocal(request: Request, settings: Settings): boolean {
  const listensOnLoopback = settings.host === undefined || isLoopbackAddress(settings.host);
  const forwarded = [...request.headers.keys()].some((name) => FORWARDED.test(name));
  const name = withoutPort(request.headers.get("host") ?? "");
  return listensOnLoopback && settings.publicUrl === undefined && !forwarded && LOOPBACK_NAMES.includes(name);
}

export function isLoopbackAddress(address: string): boolean {
  return address === "localhost" || address === "::1" || /^127\.\d+\.\d+\.\d+$/.test(address);
}

function withoutPort(host: string): string {
  return host.replace(/:\d*$/, "").toLowerCase();
}
