import { ECDSASigValue, ecdsaWithSHA256 } from "@peculiar/asn1-ecc";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  AttributeTypeAndValue,
  AttributeValue,
  Certificate,
  type Extension,
  Extensions,
  Name,
  RelativeDistinguishedName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from "@peculiar/asn1-x509";

/** P-256 with SHA-256: what every client of TLS takes. */
const CURVE = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" } as const;

const SERIAL_BYTES = 16;

/** @param extractable whether the private key may ever leave the memory in which it was made */
export function makeKeys({ extractable }: { readonly extractable: boolean }): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(CURVE, extractable, ["sign", "verify"]);
}

/** The identifier of a pair's public key. */
export async function keyIdOf({ publicKey }: CryptoKeyPair): Promise<ArrayBuffer> {
  return keyIdOfInfo(await infoOf(publicKey));
}

/** The SHA-1 of a public key, which only tells keys apart (RFC 5280 section 4.2.1.2, method 1). */
export function keyIdOfInfo({ subjectPublicKey }: SubjectPublicKeyInfo): Promise<ArrayBuffer> {
  return crypto.subtle.digest("SHA-1", subjectPublicKey);
}

/** What a certificate says, whoever's key it is about. */
export interface Statement {
  readonly issuer: Name;
  readonly subject: Name;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: Extension[];
}

/** The part of a certificate that is signed. */
export function toBeSigned(
  { issuer, subject, notBefore, notAfter, extensions }: Statement,
  subjectPublicKeyInfo: SubjectPublicKeyInfo,
  serialNumber: ArrayBuffer,
): TBSCertificate {
  return new TBSCertificate({
    version: Version.v3,
    serialNumber,
    signature: ecdsaWithSHA256,
    issuer,
    validity: new Validity({ notBefore, notAfter }),
    subject,
    subjectPublicKeyInfo,
    extensions: new Extensions(extensions),
  });
}

/** Signs a certificate. @returns it as PEM */
export async function sign(
  { subjectKeys, ...statement }: Statement & { readonly subjectKeys: CryptoKeyPair },
  key: CryptoKey,
): Promise<string> {
  const tbsCertificate = toBeSigned(statement, await infoOf(subjectKeys.publicKey), randomSerial());
  const signed = new Certificate({
    tbsCertificate,
    signatureAlgorithm: ecdsaWithSHA256,
    signatureValue: await signatureOf(AsnConvert.serialize(tbsCertificate), key),
  });
  return toPem("CERTIFICATE", AsnConvert.serialize(signed));
}

/** A private key as PEM (PKCS #8). @throws DOMException when the key may not leave its memory */
export async function exportKey(key: CryptoKey): Promise<string> {
  return toPem("PRIVATE KEY", await crypto.subtle.exportKey("pkcs8", key));
}

const COMMON_NAME = "2.5.4.3";
const ORGANIZATIONAL_UNIT = "2.5.4.11";

/** @param unit tells apart names that are the same otherwise */
export function nameOf(commonName: string, unit?: string): Name {
  const part = (type: string, utf8String: string) =>
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({ type, value: new AttributeValue({ utf8String }) }),
    ]);
  return new Name([
    ...(unit === undefined ? [] : [part(ORGANIZATIONAL_UNIT, unit)]),
    part(COMMON_NAME, commonName),
  ]);
}

async function infoOf(publicKey: CryptoKey): Promise<SubjectPublicKeyInfo> {
  return AsnConvert.parse(await crypto.subtle.exportKey("spki", publicKey), SubjectPublicKeyInfo);
}

/** WebCrypto gives the two numbers of a signature side by side; a certificate holds them as ASN.1 integers. */
async function signatureOf(bytes: ArrayBuffer, key: CryptoKey): Promise<ArrayBuffer> {
  const raw = new Uint8Array(await crypto.subtle.sign(SIGNATURE, key, bytes));
  const half = raw.length / 2;
  const value = new ECDSASigValue({ r: integer(raw.subarray(0, half)), s: integer(raw.subarray(half)) });
  return AsnConvert.serialize(value);
}

/** DER wants the shortest form, and a zero in front of a first bit that would read as a sign (X.690 section 8.3). */
function integer(unsigned: Uint8Array): ArrayBuffer {
  const start = unsigned.findIndex((byte) => byte !== 0);
  const significant = start < 0 ? Uint8Array.of(0) : unsigned.subarray(start);
  const signed = (significant[0] as number) < 0x80 ? significant : Uint8Array.of(0, ...significant);
  return Uint8Array.from(signed).buffer;
}

/** Positive, as RFC 5280 section 4.1.2.2 wants it, and too long to be guessed. */
function randomSerial(): ArrayBuffer {
  const serial = crypto.getRandomValues(new Uint8Array(SERIAL_BYTES));
  serial[0] = ((serial[0] as number) & 0x7f) | 0x40;
  return serial.buffer;
}

function toPem(label: string, bytes: ArrayBuffer): string {
  const lines =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
