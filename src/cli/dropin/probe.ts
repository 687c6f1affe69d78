import type { Finding } from "../doctor/finding.ts";

/** How long a server of this machine may take to answer. */
const ANSWER_TIMEOUT_MS = 3_000;

/** One of the hosts stands for all: they have one certificate. */
const HOST = "dev.pulsoid.net";

const PORTS = { https: 443, http: 80 } as const;

/**
 * Asks at a loopback address, as an app with Pulsoid's hosts built in would.
 *
 * @param authority the one that such an app trusts, as PEM
 */
export async function examinePort(scheme: "https" | "http", authority: string | undefined): Promise<Finding> {
  const about = `port ${PORTS[scheme]}`;
  const answers = await Promise.all(["127.0.0.1", "[::1]"].map((address) => ask(scheme, address, authority)));
  const [ipv4, ipv6] = answers;
  if (ipv4 === "heartwire") {
    const elsewhere = ipv6 !== "heartwire" && ipv6 !== "nobody";
    if (!elsewhere) return { state: "good", about, says: `a Heartwire answers ${scheme} for ${HOST}` };
  }
  if (answers.every((answer) => answer === "nobody")) {
    const advice =
      "Start the server on this data folder. If it runs, its log says why it does not listen there.";
    return { state: "notice", about, says: "nobody listens there", advice };
  }
  if (answers.includes("untrusted")) {
    const advice =
      "If it is Heartwire on another data folder, stop it; or name its folder with HEARTWIRE_DATA.";
    return { state: "wrong", about, says: "whoever answers there shows another certificate", advice };
  }
  return { state: "wrong", about, says: "another program answers there", advice: "Stop it." };
}

type Answer = "heartwire" | "nobody" | "untrusted" | "another";

async function ask(
  scheme: "https" | "http",
  address: string,
  authority: string | undefined,
): Promise<Answer> {
  try {
    const response = await fetch(`${scheme}://${address}/health/live`, {
      headers: { host: HOST },
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      ...(scheme === "https" ? { tls: { ca: authority ?? [], serverName: HOST } } : {}),
    });
    return (await response.text()) === '{"status":"live"}' ? "heartwire" : "another";
  } catch (error) {
    const code = String((error as { code?: unknown }).code);
    if (/REFUSED|FailedToOpenSocket|ADDRNOTAVAIL|UNREACH/i.test(code)) return "nobody";
    return /CERT|ISSUER|SIGNATURE/i.test(code) ? "untrusted" : "another";
  }
}
