import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import { Extension, GeneralName, id_ce_subjectAltName, SubjectAlternativeName } from "@peculiar/asn1-x509";
import { authorityExtensions, serverExtensions } from "../../src/certificates/extensions.ts";
import { exportKey, keyIdOf, makeKeys, nameOf, sign } from "../../src/certificates/signing.ts";

const HOUR_MS = 3_600_000;

const NAME = nameOf("Heartwire dropin", "Authority whose key was kept");

/**
 * An authority with just the constraints of dropin's, whose key was not thrown away: what somebody would have who could
 * get hold of such a key.
 */
export class KeptAuthority {
  readonly #keys: CryptoKeyPair;
  readonly #keyId: ArrayBuffer;
  /** PEM. */
  readonly certificate: string;

  private constructor(keys: CryptoKeyPair, keyId: ArrayBuffer, certificate: string) {
    this.#keys = keys;
    this.#keyId = keyId;
    this.certificate = certificate;
  }

  static async make(hosts: readonly string[]): Promise<KeptAuthority> {
    const keys = await makeKeys({ extractable: true });
    const keyId = await keyIdOf(keys);
    const statement = { ...lifetime(), issuer: NAME, subject: NAME, subjectKeys: keys };
    const extensions = authorityExtensions(hosts, keyId);
    return new KeptAuthority(keys, keyId, await sign({ ...statement, extensions }, keys.privateKey));
  }

  /** Signs whatever it is asked to, for hosts or for an address. @returns PEM, of the certificate and of its key */
  async issueFor(
    hosts: readonly string[],
    address?: string,
  ): Promise<{ readonly certificate: string; readonly key: string }> {
    const keys = await makeKeys({ extractable: true });
    const made = serverExtensions(hosts, await keyIdOf(keys), this.#keyId);
    const extensions = address === undefined ? made : made.map((one) => withAddress(one, address));
    const subject = nameOf("A server");
    const statement = { ...lifetime(), issuer: NAME, subject, subjectKeys: keys, extensions };
    return {
      certificate: await sign(statement, this.#keys.privateKey),
      key: await exportKey(keys.privateKey),
    };
  }

  /** An authority below this one, which its constraints forbid, and what that one signs for a host. */
  async makeAuthorityBelow(
    host: string,
  ): Promise<{ readonly authority: string; readonly certificate: string }> {
    const keys = await makeKeys({ extractable: true });
    const keyId = await keyIdOf(keys);
    const name = nameOf("An authority below");
    const extensions = authorityExtensions([host], keyId);
    const statement = { ...lifetime(), issuer: NAME, subject: name, subjectKeys: keys, extensions };
    const serverKeys = await makeKeys({ extractable: true });
    const certificate = await sign(
      {
        ...lifetime(),
        issuer: name,
        subject: nameOf(host),
        subjectKeys: serverKeys,
        extensions: serverExtensions([host], await keyIdOf(serverKeys), keyId),
      },
      keys.privateKey,
    );
    return { authority: await sign(statement, this.#keys.privateKey), certificate };
  }
}

/** The names that a certificate is for become one address. */
function withAddress(extension: Extension, iPAddress: string): Extension {
  if (extension.extnID !== id_ce_subjectAltName) return extension;
  const names = new SubjectAlternativeName([new GeneralName({ iPAddress })]);
  return new Extension({ ...extension, extnValue: new OctetString(AsnConvert.serialize(names)) });
}

function lifetime(): { readonly notBefore: Date; readonly notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - HOUR_MS), notAfter: new Date(now + 24 * HOUR_MS) };
}
