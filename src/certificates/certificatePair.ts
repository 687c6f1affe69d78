import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";

/** A certificate, perhaps with those that signed it, and its key: what a server shows and proves. */
export interface CertificatePair {
  /** PEM; the server's own certificate is the first. */
  readonly certificate: string;
  /** PEM, without a passphrase. */
  readonly key: string;
  /** What the first certificate says. */
  readonly details: X509Certificate;
}

/** A certificate and key that cannot be used; the message says why, without a full stop. */
export class UnusablePair extends Error {
  override name = "UnusablePair";
  readonly part: "certificate" | "key";

  constructor(part: "certificate" | "key", message: string) {
    super(message);
    this.part = part;
  }
}

/**
 * Checks that a certificate and a key can be used and belong together.
 *
 * @param nowMs the certificate has to hold at this time
 * @throws UnusablePair
 */
export function readPair(certificate: string, key: string, nowMs: number): CertificatePair {
  const details = readCertificate(certificate);
  if (!details.checkPrivateKey(readKey(key))) {
    throw new UnusablePair("key", "it is not the key of the certificate");
  }
  if (nowMs >= details.validToDate.getTime()) {
    throw new UnusablePair("certificate", `it expired on ${details.validToDate.toISOString().slice(0, 10)}`);
  }
  if (nowMs < details.validFromDate.getTime()) {
    const from = details.validFromDate.toISOString();
    throw new UnusablePair("certificate", `it holds only from ${from} on (is this machine's clock right?)`);
  }
  return { certificate, key, details };
}

function readCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new UnusablePair("certificate", "expected a certificate as PEM (-----BEGIN CERTIFICATE-----)");
  }
}

function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    const isLocked = (error as { code?: string }).code === "ERR_MISSING_PASSPHRASE";
    throw new UnusablePair(
      "key",
      isLocked
        ? "expected a key without a passphrase"
        : "expected a private key as PEM (-----BEGIN PRIVATE KEY-----)",
    );
  }
}
