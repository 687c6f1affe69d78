import { readFileSync } from "node:fs";
import type { Settings } from "../settings/settings.ts";
import { SETTINGS } from "../settings/table.ts";
import { UnusableSetting } from "../settings/unusableSetting.ts";
import { type CertificatePair, readPair, UnusablePair } from "./certificatePair.ts";

type TlsSettings = Pick<Settings, "tlsCert" | "tlsKey">;

const NAMES = { certificate: SETTINGS.tlsCert.environment, key: SETTINGS.tlsKey.environment } as const;

/**
 * Reads the certificate and key that the operator has named.
 *
 * @param nowMs the certificate has to hold at this time
 * @returns undefined when none is named
 * @throws UnusableSetting that names the setting and says why its file cannot be used
 */
export function readOwnCertificate(
  { tlsCert, tlsKey }: TlsSettings,
  nowMs: number,
): CertificatePair | undefined {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    const [given, missing] =
      tlsCert === undefined ? [NAMES.key, NAMES.certificate] : [NAMES.certificate, NAMES.key];
    throw new UnusableSetting(
      `${missing}: missing. ${given} is set, and one is of no use without the other.`,
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
