import { readFileSync } from "node:fs";
import type { Settings } from "../settings/settings.ts";
import { SETTINGS, USUAL_TLS_PORT } from "../settings/table.ts";
import { UnusableSetting } from "../settings/unusableSetting.ts";
import { type CertificatePair, readPair, UnusablePair } from "./certificatePair.ts";

type TlsSettings = Pick<Settings, "port" | "tlsCert" | "tlsKey" | "tlsPort">;

const NAMES = { certificate: SETTINGS.tlsCert.environment, key: SETTINGS.tlsKey.environment } as const;

const PORT = SETTINGS.port.environment;
const TLS_PORT = SETTINGS.tlsPort.environment;

/**
 * Reads the certificate and key that the operator has named, for a server that has two ports for it.
 *
 * @param nowMs the certificate has to hold at this time
 * @returns undefined when none is named
 * @throws UnusableSetting that names the setting and says why its file cannot be used
 */
export function readOwnCertificate(
  { port, tlsCert, tlsKey, tlsPort }: TlsSettings,
  nowMs: number,
): CertificatePair | undefined {
  if (tlsCert === undefined && tlsKey === undefined) {
    if (tlsPort === undefined) return undefined;
    throw new UnusableSetting(
      `${NAMES.certificate} and ${NAMES.key}: missing. ${TLS_PORT} is set, and is of no use without them.`,
    );
  }
  if (tlsCert === undefined || tlsKey === undefined) {
    const [given, missing] =
      tlsCert === undefined ? [NAMES.key, NAMES.certificate] : [NAMES.certificate, NAMES.key];
    throw new UnusableSetting(
      `${missing}: missing. ${given} is set, and one is of no use without the other.`,
    );
  }
  if (port !== 0 && port === (tlsPort ?? USUAL_TLS_PORT)) {
    throw new UnusableSetting(
      `${TLS_PORT}: expected another port than ${PORT}, which is ${port} too: http and https take one each.`,
    );
  }
  const certificate = readText(tlsCert, NAMES.certificate);
  const key = readText(tlsKey, NAMES.key);
  try {
    return readPair(certificate, key, nowMs);
  } catch (error) {
    if (!(error instanceof UnusablePair)) throw error;
    const file = error.part === "key" ? tlsKey : tlsCert;
    throw new UnusableSetting(`${NAMES[error.part]}: ${file} cannot be used: ${error.message}.`);
  }
}

function readText(file: string, setting: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UnusableSetting(`${setting}: ${file} cannot be read: ${(error as Error).message}.`);
  }
}
