/**
 * Proof that whoever redeems a code is who asked for it (PKCE, RFC 7636). Only S256: with `plain` the proof travels with the
 * question, and whoever reads the one has the other (RFC 9700 section 2.1.1).
 */
export const CHALLENGE_METHOD = "S256";

/** SHA-256 in base64url without padding (RFC 7636 section 4.2). */
const CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

/** 43 to 128 of the unreserved characters (RFC 7636 section 4.1). */
const VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

export function isCodeChallenge(text: string): boolean {
  return CHALLENGE.test(text);
}

export function isCodeVerifier(text: string): boolean {
  return VERIFIER.test(text);
}
