import { existsSync, readFileSync, statSync } from "node:fs";

/** Whether this process may do everything on this machine. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The lowest port on which everybody may listen, on Linux. */
const FREE_PORTS = "/proc/sys/net/ipv4/ip_unprivileged_port_start";

/**
 * Whether the server, which runs as the owner of its data folder, may listen on ports 80 and 443 as this system is set.
 * A capability of the program itself is not looked at.
 */
export function mayListenOnLowPorts(dataFolder: string): boolean {
  if (statSync(dataFolder).uid === 0 || !existsSync(FREE_PORTS)) return true;
  return Number(readFileSync(FREE_PORTS, "utf8")) <= 80;
}
