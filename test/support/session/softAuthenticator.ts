import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

const USER_PRESENT = 0x01;
const USER_VERIFIED = 0x04;
const HOLDS_CREDENTIAL = 0x40;

export interface CeremonyOptions {
  readonly challenge: string;
}

/** What an authenticator may do wrong. */
export interface Ceremony {
  /** The origin that the browser says it is on. */
  readonly origin: string;
  /** False for a key that is merely touched. */
  readonly isUserVerified?: boolean;
}

/** An authenticator without a device: one ES256 key, whose answers have the form of WebAuthn level 3. */
export class SoftAuthenticator {
  readonly #keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  readonly #id = randomBytes(32);
  #count = 0;

  get credentialId(): string {
    return this.#id.toString("base64url");
  }

  /** Answers `navigator.credentials.create`. */
  register({ challenge }: CeremonyOptions, ceremony: Ceremony): Record<string, unknown> {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.#id.length);
    const credential = Buffer.concat([Buffer.alloc(16), length, this.#id, coseKey(this.#keys.publicKey)]);
    const data = this.#authenticatorData(ceremony, HOLDS_CREDENTIAL, credential);
    return this.#answer({
      clientDataJSON: encode(clientData("webauthn.create", challenge, ceremony)),
      attestationObject: encode(attestation(data)),
      transports: ["internal"],
    });
  }

  /** Answers `navigator.credentials.get`. */
  signIn({ challenge }: CeremonyOptions, ceremony: Ceremony): Record<string, unknown> {
    const data = this.#authenticatorData(ceremony, 0);
    const client = clientData("webauthn.get", challenge, ceremony);
    const signed = Buffer.concat([data, createHash("sha256").update(client).digest()]);
    return this.#answer({
      clientDataJSON: encode(client),
      authenticatorData: encode(data),
      signature: encode(sign("sha256", signed, this.#keys.privateKey)),
    });
  }

  #answer(response: Record<string, unknown>): Record<string, unknown> {
    const id = this.credentialId;
    return { id, rawId: id, type: "public-key", clientExtensionResults: {}, response };
  }

  /** WebAuthn level 3 section 6.1. */
  #authenticatorData(
    { origin, isUserVerified = true }: Ceremony,
    flags: number,
    credential: Buffer = Buffer.alloc(0),
  ): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(++this.#count);
    const rpId = createHash("sha256").update(new URL(origin).hostname).digest();
    const all = flags | USER_PRESENT | (isUserVerified ? USER_VERIFIED : 0);
    return Buffer.concat([rpId, Buffer.of(all), counter, credential]);
  }
}

function clientData(type: string, challenge: string, { origin }: Ceremony): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
}

/** `{fmt: "none", attStmt: {}, authData}` in CBOR. */
function attestation(data: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from("a363666d74646e6f6e656761747453746d74a0686175746844617461", "hex"),
    byteString(data),
  ]);
}

/** The public key of ES256 in CBOR (RFC 9053 section 7.1.1). */
function coseKey(key: KeyObject): Buffer {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  return Buffer.concat([
    Buffer.from("a5010203262001", "hex"),
    Buffer.of(0x21),
    byteString(Buffer.from(x, "base64url")),
    Buffer.of(0x22),
    byteString(Buffer.from(y, "base64url")),
  ]);
}

/** In the shortest form, as CTAP2 wants it. */
function byteString(bytes: Buffer): Buffer {
  const { length } = bytes;
  const head = length < 256 ? [0x58, length] : [0x59, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), bytes]);
}

function encode(bytes: Buffer): string {
  return bytes.toString("base64url");
}
