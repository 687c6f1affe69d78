import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  AuthorityKeyIdentifier,
  BasicConstraints,
  ExtendedKeyUsage,
  Extension,
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_nameConstraints,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  NameConstraints,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
} from "@peculiar/asn1-x509";

/** The identifier of a key: how a certificate says which key signed it. */
export type KeyId = ArrayBuffer;

const EVERY_ADDRESS = ["0.0.0.0/0", "::/0"];

/**
 * What an authority may do: sign certificates of servers for these hosts, and no other authority (RFC 5280 section
 * 4.2.1.9 and 4.2.1.10). A permitted name permits what lies below it too; addresses are excluded, because a constraint
 * on names says nothing of them.
 */
export function authorityExtensions(hosts: readonly string[], keyId: KeyId): Extension[] {
  const subtree = (base: GeneralName) => new GeneralSubtree({ base });
  const permitted = hosts.map((dNSName) => subtree(new GeneralName({ dNSName })));
  const excluded = EVERY_ADDRESS.map((iPAddress) => subtree(new GeneralName({ iPAddress })));
  return [
    critical(id_ce_basicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 0 })),
    critical(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.keyCertSign)),
    critical(
      id_ce_nameConstraints,
      new NameConstraints({
        permittedSubtrees: new GeneralSubtrees(permitted),
        excludedSubtrees: new GeneralSubtrees(excluded),
      }),
    ),
    extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
    extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyId)),
  ];
}

/** What a server's certificate says: for which hosts it is, and whose key signed it. */
export function serverExtensions(hosts: readonly string[], keyId: KeyId, authorityKeyId: KeyId): Extension[] {
  const names = hosts.map((dNSName) => new GeneralName({ dNSName }));
  const signer = new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(authorityKeyId) });
  return [
    critical(id_ce_basicConstraints, new BasicConstraints({ cA: false })),
    critical(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature)),
    extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
    extension(id_ce_subjectAltName, new SubjectAlternativeName(names)),
    extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyId)),
    extension(id_ce_authorityKeyIdentifier, signer),
  ];
}

/** A client that does not understand a critical extension has to refuse the certificate. */
function critical(extnID: string, value: object): Extension {
  return new Extension({ extnID, critical: true, extnValue: encoded(value) });
}

function extension(extnID: string, value: object): Extension {
  return new Extension({ extnID, critical: false, extnValue: encoded(value) });
}

function encoded(value: object): OctetString {
  return new OctetString(AsnConvert.serialize(value));
}
