import { X509Certificate } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import { Certificate } from "@peculiar/asn1-x509";
import { AUTHORITY_NAME } from "./authorityName.ts";
import { authorityExtensions, type KeyId, serverExtensions } from "./extensions.ts";
import {
  exportKey,
  keyIdOf,
  keyIdOfInfo,
  makeKeys,
  nameOf,
  type Statement,
  sign,
  toBeSigned,
} from "./signing.ts";

const DAY_MS = 86_400_000;

/** Apple refuses certificates of more than 825 days, and public authorities give no more than 398. */
const LIFETIME_MS = 397 * DAY_MS;

/** The clock of another machine that looks at the certificate may be behind this much. */
const CLOCK_ERROR_MS = 3_600_000;

/** A certificate for servers, and the authority that signed it, as PEM. */
export interface Issued {
  /** The authority's own certificate, which goes into the trust of a machine. Its key is gone. */
  readonly authority: string;
  readonly certificate: string;
  /** The key of `certificate`. */
  readonly key: string;
}

/**
 * Makes an authority that is constrained to these hosts, and has it sign one certificate for all of them. The authority's
 * key is made so that it cannot leave this process' memory, and nothing refers to it when this function returns: nobody,
 * and Heartwire neither, can sign a second certificate with it. Both hold for 397 days.
 *
 * @param now from when on they hold, less an hour
 */
export async function issue(hosts: readonly string[], now: Date): Promise<Issued> {
  const authorityKeys = await makeKeys({ extractable: false });
  const serverKeys = await makeKeys({ extractable: true });
  const authorityKeyId = await keyIdOf(authorityKeys);
  const { issuer, ...statement } = authorityStatement(
    hosts,
    authorityKeyId,
    new Date(now.getTime() - CLOCK_ERROR_MS),
  );
  const { notBefore, notAfter } = statement;
  const authority = await sign(
    { ...statement, issuer, subjectKeys: authorityKeys },
    authorityKeys.privateKey,
  );
  const certificate = await sign(
    {
      notBefore,
      notAfter,
      issuer,
      subject: nameOf(hosts[0] as string),
      subjectKeys: serverKeys,
      extensions: serverExtensions(hosts, await keyIdOf(serverKeys), authorityKeyId),
    },
    authorityKeys.privateKey,
  );
  return { authority, certificate, key: await exportKey(serverKeys.privateKey) };
}

/**
 * Whether an authority says exactly what one that {@link issue} makes for these hosts says, but for its key, number and
 * day: its name, by which it is found again, its lifetime, and what it may sign. One that was put in its place may be
 * another whose key somebody kept.
 *
 * @param authority PEM
 */
export async function isIssuedFor(hosts: readonly string[], authority: string): Promise<boolean> {
  const { tbsCertificate: found } = AsnConvert.parse(new X509Certificate(authority).raw, Certificate);
  const { serialNumber, subjectPublicKeyInfo, validity } = found;
  const keyId = await keyIdOfInfo(subjectPublicKeyInfo);
  const statement = authorityStatement(hosts, keyId, validity.notBefore.getTime());
  const wanted = toBeSigned(statement, subjectPublicKeyInfo, serialNumber);
  return Buffer.from(AsnConvert.serialize(found)).equals(Buffer.from(AsnConvert.serialize(wanted)));
}

/** What an authority says. Two of one name and different keys would be mistaken for each other, so each has a number in its name. */
function authorityStatement(hosts: readonly string[], keyId: KeyId, notBefore: Date): Statement {
  const name = nameOf(AUTHORITY_NAME, `Authority ${Buffer.from(keyId).toString("hex").slice(0, 8)}`);
  return {
    issuer: name,
    subject: name,
    notBefore,
    notAfter: new Date(notBefore.getTime() + LIFETIME_MS),
    extensions: authorityExtensions(hosts, keyId),
  };
}
