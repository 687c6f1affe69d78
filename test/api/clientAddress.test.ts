import { describe, expect, test } from "bun:test";
import { clientAddress, senderOf } from "../../src/api/clientAddress.ts";
import { readSettings } from "../../src/settings/settings.ts";

function addressOf(peer: string | undefined, proxies: string, forwarded?: string): string {
  const settings = readSettings(proxies === "" ? {} : { HEARTWIRE_TRUSTED_PROXIES: proxies });
  const request = new Request("http://localhost/", {
    headers: forwarded === undefined ? {} : { "x-forwarded-for": forwarded },
  });
  const arrival = { upgrade: () => false, peerOf: () => peer };
  return clientAddress({ request, arrival, context: { settings } });
}

describe("where a request came from", () => {
  test.each([
    ["the other end of the connection", "192.0.2.7", "", undefined, "192.0.2.7"],
    ["not what a stranger writes into the header", "192.0.2.7", "", "203.0.113.9", "192.0.2.7"],
    ["what a trusted proxy says", "10.0.0.7", "10.0.0.7", "203.0.113.9", "203.0.113.9"],
    [
      "what the last untrusted hop was, whatever was sent before it",
      "10.0.0.7",
      "10.0.0.0/8",
      "1.1.1.1, 203.0.113.9, 10.2.3.4",
      "203.0.113.9",
    ],
    ["the proxy itself, where it says nothing", "10.0.0.7", "10.0.0.7", undefined, "10.0.0.7"],
    ["the proxy itself, where it says nonsense", "10.0.0.7", "10.0.0.7", "nobody", "10.0.0.7"],
    ["an IPv4 address, when the socket says it in IPv6", "::ffff:192.0.2.7", "", undefined, "192.0.2.7"],
    ["an address behind a proxy of IPv6", "fd00::1", "fd00::/8", "2001:db8::5", "2001:db8::5"],
    ["nobody's, when the connection has gone", undefined, "", undefined, "unknown"],
  ])("%s", (_, peer, proxies, forwarded, expected) => {
    expect(addressOf(peer, proxies, forwarded)).toBe(expected);
  });
});

describe("one sender", () => {
  test.each([
    ["192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8::5", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
  ])("%s counts as %s", (address, expected) => {
    expect(senderOf(address)).toBe(expected);
  });
});

test.each(["10.0.0.300", "10.0.0.0/33", "example.org", "10.0.0.0/8/8", "10.0.0.0/x", ""])(
  "HEARTWIRE_TRUSTED_PROXIES=%p is refused, and the message says what is expected",
  (text) => {
    const read = () => readSettings({}, { trustedProxies: text });
    expect(read).toThrow("expected addresses or networks separated by commas");
  },
);
