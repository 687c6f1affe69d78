/** What the server's errors (docs/errors.md) mean to somebody who looks at a page. */
const WORDS: Readonly<Record<number, string>> = {
  0: "The server does not answer. Is it running? Try again in a moment.",
  6001: "The server could not do this now. Try again in a moment.",
  7001: "The server could not do this now. Try again in a moment.",
  8009: "The server is busy. Try again in a moment.",
  8012: "Too many attempts. Wait a little before the next one.",
  8013: "You are not signed in any more. Sign in again.",
  8016: "This works from pages of this server alone. Open it by its own address and try again.",
  8017: "To do this, sign in once more: it must be you, just now.",
};

/**
 * Says what stands against something, in words of ours where we have some, else in the server's.
 *
 * @param code 0 when the server did not answer, -1 when it said none
 */
export function wordsFor(code: number, message: string): string {
  const words = WORDS[code];
  if (words !== undefined) return words;
  return message === "" ? "The server refuses this and does not say why." : toSentence(message);
}

/**
 * The table's messages are written without a capital and without a full stop. They name the field that they are about, which says
 * nothing more where it is not followed by what was expected of it.
 */
export function toSentence(message: string): string {
  const words = message.replace(/^\w+: (?!expected )/, "");
  const capital = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.?]$/.test(capital) ? capital : `${capital}.`;
}
