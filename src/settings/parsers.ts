import { BlockList, isIP } from "node:net";
import { UnusableSetting } from "./unusableSetting.ts";

/** What a host has to be: whether it is one shows when the server listens. */
export const EXPECTED_HOST = "expected an address of this machine, such as 0.0.0.0 or 192.168.1.20";

export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new UnusableSetting("expected a number from 0 to 65535");
  }
  return port;
}

export function parseTwoPorts(text: string): readonly [number, number] {
  const [https, http, ...more] = text.split(",");
  if (https === undefined || http === undefined || more.length > 0) {
    throw new UnusableSetting("expected two ports, for https and for http, such as 443,80");
  }
  return [parsePort(https.trim()), parsePort(http.trim())];
}

export function parseHost(text: string): string {
  if (/[\s/]/.test(text) || text === "") {
    throw new UnusableSetting(EXPECTED_HOST);
  }
  return text;
}

export function parseNetworks(text: string): BlockList {
  const networks = new BlockList();
  for (const network of text.split(",").map((part) => part.trim())) {
    const [address = "", prefix, ...more] = network.split("/");
    const version = isIP(address);
    const bits = version === 4 ? 32 : 128;
    const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
    if (version === 0 || more.length > 0 || !(length <= bits)) {
      throw new UnusableSetting(
        "expected addresses or networks separated by commas, such as 10.0.0.7,fd00::/8",
      );
    }
    networks.addSubnet(address, length, version === 4 ? "ipv4" : "ipv6");
  }
  return networks;
}

const SECRET_CHARACTERS_MIN = 32;

export function parseSecret(text: string): string {
  if (text.length < SECRET_CHARACTERS_MIN) {
    throw new UnusableSetting(`expected at least ${SECRET_CHARACTERS_MIN} characters`);
  }
  return text;
}

export function parseWord(text: string): string {
  if (text.trim() === "") throw new UnusableSetting("expected some text");
  return text.trim();
}

export function parseIssuer(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe =
    url?.protocol === "https:" || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url?.hostname ?? "");
  if (
    url === undefined ||
    !isSafe ||
    !/^https?:$/.test(url.protocol) ||
    url.search !== "" ||
    url.hash !== ""
  ) {
    throw new UnusableSetting(
      "expected the address of an OpenID provider with https, such as https://login.example.org",
    );
  }
  return url;
}

export function parseFolder(text: string): string {
  if (text.trim() === "") throw new UnusableSetting("expected the name of a folder");
  return text;
}

export function parseFile(text: string): string {
  if (text.trim() === "") throw new UnusableSetting("expected the name of a file");
  return text;
}

export function parsePublicUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.pathname !== "/" || url.search !== "") {
    throw new UnusableSetting("expected an address without a path, such as https://heart.example.org");
  }
  return url;
}

export function parseHosts(text: string): readonly string[] {
  const hosts = text.split(",").map((host) => host.trim().toLowerCase());
  const wrong = hosts.find((host) => !/^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)$/.test(host));
  if (wrong !== undefined) {
    throw new UnusableSetting(
      `expected host names without port, separated by commas, such as heart.example.org,192.168.1.20; "${wrong}" is none`,
    );
  }
  return hosts;
}
