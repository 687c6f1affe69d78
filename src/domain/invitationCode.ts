/**
 * The code of an invitation: twelve symbols of Crockford's Base 32 (no I, L, O or U, which are misread), 60 bits, in groups
 * of four, such as K7QF-2M9X-PT4H.
 */
const SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SYMBOLS_A_CODE = 12;
const SYMBOLS_A_GROUP = 4;

/** Bytes that a code is made of. */
export const INVITATION_CODE_BYTES = SYMBOLS_A_CODE;

/** @param random as many random bytes as {@link INVITATION_CODE_BYTES} */
export function makeInvitationCode(random: Uint8Array): string {
  // 32 divides 256: every symbol is as likely as another.
  return grouped([...random].map((byte) => SYMBOLS[byte % SYMBOLS.length]).join(""));
}

/**
 * Reads a code as people type it: in small letters, without hyphens, with O for 0 and I or L for 1.
 *
 * @returns the code as it was made, or undefined when it cannot be one
 */
export function readInvitationCode(text: string): string | undefined {
  const symbols = text.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  const isCode =
    symbols.length === SYMBOLS_A_CODE && [...symbols].every((symbol) => SYMBOLS.includes(symbol));
  return isCode ? grouped(symbols) : undefined;
}

function grouped(symbols: string): string {
  const groups = [];
  for (let from = 0; from < symbols.length; from += SYMBOLS_A_GROUP) {
    groups.push(symbols.slice(from, from + SYMBOLS_A_GROUP));
  }
  return groups.join("-");
}
