import { PULSOID_HOSTS } from "../domain/pulsoidHosts.ts";
import type { Settings } from "../settings/settings.ts";

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "[::1]"];

/** Addresses that mean "every interface" and are no name that anybody asks for. */
const EVERY_INTERFACE = ["0.0.0.0", "::"];

/** What proxies add to a request that they pass on. */
const FORWARDED = /^(forwarded|x-forwarded-.*|x-real-ip|via|cf-connecting-ip)$/i;

/** Host headers whose verdict is remembered, so that the hot path does not take them apart each time. */
const REMEMBERED_HOSTS_MAX = 1_000;

/** What is answered under a `Host` header: everything, what apps made for Pulsoid ask for, or nothing. */
export type HostVerdict = "own" | "pulsoid" | "refused";

/**
 * Says which `Host` headers this server answers for: loopback, its own and its public address, what the operator
 * allows, and Pulsoid's hosts while this machine leads them here. This keeps a web page of a stranger from reaching a
 * local server under a name of its own (DNS rebinding).
 */
export function hostCheck(
  settings: Settings,
  leadsPulsoidHosts: () => boolean,
): (host: string | null) => HostVerdict {
  const allowed = new Set([
    ...LOOPBACK_NAMES,
    ...settings.allowedHosts,
    ...(settings.publicUrl === undefined ? [] : [settings.publicUrl.hostname]),
    ...(settings.host === undefined || EVERY_INTERFACE.includes(settings.host)
      ? []
      : [settings.host.toLowerCase(), `[${settings.host.toLowerCase()}]`]),
  ]);
  const judge = (name: string): HostVerdict | "led" => {
    if (PULSOID_HOSTS.includes(name)) return allowed.has(name) ? "pulsoid" : "led";
    return allowed.has(name) ? "own" : "refused";
  };
  const verdicts = new Map<string, HostVerdict | "led">();
  return (host) => {
    if (host === null) return "refused";
    let verdict = verdicts.get(host);
    if (verdict === undefined) {
      verdict = judge(withoutPort(host));
      if (verdicts.size < REMEMBERED_HOSTS_MAX) verdicts.set(host, verdict);
    }
    if (verdict !== "led") return verdict;
    return leadsPulsoidHosts() ? "pulsoid" : "refused";
  };
}

/**
 * Local, in the sense in which some things are on by default only locally: the server listens on loopback, has no
 * public address, and the request came straight here under a loopback name or one of Pulsoid's, which this machine led
 * here.
 */
export function isLocal(request: Request, settings: Settings): boolean {
  const listensOnLoopback = settings.host === undefined || isLoopbackAddress(settings.host);
  const forwarded = [...request.headers.keys()].some((name) => FORWARDED.test(name));
  const name = withoutPort(request.headers.get("host") ?? "");
  const isNameOfHere = LOOPBACK_NAMES.includes(name) || PULSOID_HOSTS.includes(name);
  return listensOnLoopback && settings.publicUrl === undefined && !forwarded && isNameOfHere;
}

export function isLoopbackAddress(address: string): boolean {
  return address === "localhost" || address === "::1" || /^127\.\d+\.\d+\.\d+$/.test(address);
}

function withoutPort(host: string): string {
  return host.replace(/:\d*$/, "").toLowerCase();
}
