import { INVITATION_CODE_BYTES, makeInvitationCode, readInvitationCode } from "../domain/invitationCode.ts";

/** Makes the code of an invitation. It is shown once and kept nowhere. */
export function newInvitationCode(): string {
  return makeInvitationCode(crypto.getRandomValues(new Uint8Array(INVITATION_CODE_BYTES)));
}

/**
 * The form in which a code is stored: SHA-256 in hexadecimal, as tokens are.
 *
 * @param text the code as somebody typed it
 * @returns undefined when it cannot be a code
 */
export function hashInvitationCode(text: string): string | undefined {
  const code = readInvitationCode(text);
  return code === undefined ? undefined : Bun.SHA256.hash(code, "hex");
}
