import { isIP } from "node:net";

/** What a provider gives one customer of IPv6 at least: whoever has one address of it has all. */
const IPV6_CUSTOMER_GROUPS = 4;

/** The part of an address that stands for one sender: all of IPv4, the customer's network of IPv6. */
export function senderOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  const rest = tail === undefined || tail === "" ? [] : tail.split(":");
  const filled =
    tail === undefined ? groups : [...groups, ...Array(8 - groups.length - rest.length).fill("0"), ...rest];
  return `${filled.slice(0, IPV6_CUSTOMER_GROUPS).join(":")}::/64`;
}
