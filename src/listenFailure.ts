/** Where the server listens when nobody chose an address. */
const LOOPBACK: readonly string[] = ["127.0.0.1", "::1"];

import { EXPECTED_HOST } from "./settings/parsers.ts";
import { SETTINGS } from "./settings/table.ts";

/** Why an address cannot be listened on. */
export type ListenObstacle = "taken" | "forbidden" | "other";

/** The server cannot listen; the message is for the operator. */
export class ListenFailure extends Error {
  override name = "ListenFailure";
  readonly obstacle: ListenObstacle;

  constructor(message: string, obstacle: ListenObstacle) {
    super(message);
    this.obstacle = obstacle;
  }
}

/**
 * Puts into words why nobody can listen on an address.
 *
 * @param setting the name of the setting by which the operator chooses the port
 */
export function explainListenFailure(
  error: Error & { readonly code?: string },
  { hostname, port, setting }: { readonly hostname: string; readonly port: number; readonly setting: string },
): ListenFailure {
  if (error.code === "EADDRINUSE") {
    const advice = `Stop what listens there, or choose another one with ${setting}.`;
    return new ListenFailure(`Port ${port} is in use. ${advice}`, "taken");
  }
  if (error.code === "EACCES") {
    const advice = `Choose one of 1024 or more with ${setting}.`;
    return new ListenFailure(`Port ${port} may not be used by this user. ${advice}`, "forbidden");
  }
  const reason = `Cannot listen on ${hostname} port ${port}: ${error.message}`;
  if (LOOPBACK.includes(hostname)) return new ListenFailure(reason, "other");
  return new ListenFailure(
    `${SETTINGS.host.environment}: ${EXPECTED_HOST}, got "${hostname}". ${reason}`,
    "other",
  );
}
