import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { TokenAnswer } from "./issue.ts";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PURPOSE = "heartwire: the answer to a rotated refresh token";

/**
 * Seals the answer that a refresh token was given, with a key made from that token: the database holds the token's SHA-256 alone,
 * so that whoever reads it, a backup for example, cannot open what is sealed.
 */
export function sealAnswer(answer: TokenAnswer, refreshToken: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(refreshToken), nonce);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(answer), "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64url");
}

/** @throws when it was not sealed for this refresh token */
export function openAnswer(text: string, refreshToken: string): TokenAnswer {
  const bytes = Buffer.from(text, "base64url");
  const decipher = createDecipheriv(CIPHER, keyOf(refreshToken), bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const opened = [decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()];
  return JSON.parse(Buffer.concat(opened).toString("utf8")) as TokenAnswer;
}

/** A refresh token is 122 bits of chance, so no stretching is needed; the purpose keeps the key apart from every other use. */
function keyOf(refreshToken: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", refreshToken.toLowerCase(), "", PURPOSE, KEY_BYTES));
}
