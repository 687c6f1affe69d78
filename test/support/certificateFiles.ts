import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Issued, issue } from "../../src/certificates/authority.ts";

/** A certificate of an authority that only the test trusts, as files. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
  /** The authority, for clients that shall trust the certificate. */
  readonly authority: string;
  /** What a server needs to know of it. */
  readonly environment: Record<"HEARTWIRE_TLS_CERT" | "HEARTWIRE_TLS_KEY", string>;
}

/** Makes a certificate for these hosts in a folder. @param madeAt 397 days hold from an hour before this time on */
export async function writeCertificate(
  folder: string,
  hosts: readonly string[],
  madeAt = new Date(),
): Promise<CertificateFiles> {
  const issued: Issued = await issue(hosts, madeAt);
  const cert = join(folder, "certificate.pem");
  const key = join(folder, "key.pem");
  writeFileSync(cert, issued.certificate);
  writeFileSync(key, issued.key, { mode: 0o600 });
  return {
    cert,
    key,
    authority: issued.authority,
    environment: { HEARTWIRE_TLS_CERT: cert, HEARTWIRE_TLS_KEY: key },
  };
}
