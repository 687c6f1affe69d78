/** Says what went wrong on the network, as the end of a sentence, without the address (which may hold a secret of the user's). */
export function describeConnectionFault(error: unknown): string {
  const code = String((error as { code?: unknown }).code ?? "");
  if (code === "ConnectionRefused" || code === "ECONNREFUSED")
    return "nothing listens at the server's address";
  if (code === "ECONNRESET" || code === "ConnectionClosed") return "the server cut the connection";
  if (isUntrusted(error)) {
    return `the server's certificate is not trusted (${code}): name the file of its authority in NODE_EXTRA_CA_CERTS`;
  }
  return `the server cannot be reached (${code || (error as Error).name})`;
}

/** Whether a server was reached whose certificate this machine does not trust. */
export function isUntrusted(error: unknown): boolean {
  return /CERT|SIGNATURE/.test(String((error as { code?: unknown }).code ?? ""));
}
