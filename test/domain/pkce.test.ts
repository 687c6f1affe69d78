import { expect, test } from "bun:test";
import { isCodeChallenge, isCodeVerifier } from "../../src/domain/pkce.ts";

const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

test("a challenge is a SHA-256 in base64url without padding", () => {
  expect(isCodeChallenge(CHALLENGE)).toBe(true);
  for (const wrong of [
    "",
    `${CHALLENGE}=`,
    CHALLENGE.slice(1),
    `${CHALLENGE}x`,
    CHALLENGE.replace("-", "+"),
  ]) {
    expect(isCodeChallenge(wrong)).toBe(false);
  }
});

test("a verifier has 43 to 128 characters that need no escape", () => {
  for (const good of ["a".repeat(43), "z".repeat(128), `${"A".repeat(40)}-._~`]) {
    expect(isCodeVerifier(good)).toBe(true);
  }
  for (const wrong of ["", "a".repeat(42), "a".repeat(129), `${"a".repeat(43)}+`, `${"a".repeat(43)}\n`]) {
    expect(isCodeVerifier(wrong)).toBe(false);
  }
});
