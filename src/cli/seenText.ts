import { UsageError } from "./failure.ts";

/** What a name, a label or another line of text may have. */
const TEXT_CHARACTERS_MAX = 100;

/** Characters that are not seen but move the cursor, end a line or turn the direction of writing. */
const UNSEEN = /[\p{Cc}\p{Cf}\u2028\u2029]/u;

/**
 * Reads a line of text that is stored and printed later, on somebody's terminal.
 *
 * @param option how it was given, for the message
 * @throws UsageError when it is empty, too long or not seen
 */
export function readText(option: string, given: string): string {
  const text = given.trim();
  if (text === "" || [...text].length > TEXT_CHARACTERS_MAX) {
    throw new UsageError(`${option}: expected 1 to ${TEXT_CHARACTERS_MAX} characters.`);
  }
  if (UNSEEN.test(given)) {
    throw new UsageError(
      `${option}: expected one line of visible characters; a character in it is not seen.`,
    );
  }
  return text;
}

/** Names and labels of older versions may hold characters that are refused now. */
export function toSeen(text: string): string {
  return text.replaceAll(new RegExp(UNSEEN, "gu"), "\ufffd");
}

/** JSON whose every unseen character is escaped, so that it says the same and is safe on a terminal. */
export function toSeenJson(value: unknown): string {
  return escapeUnseen(JSON.stringify(value, null, 2), (character) => character !== "\n");
}

/** One line of JSON as somebody else wrote it, whose every unseen character is escaped. */
export function toSeenJsonLine(json: string): string {
  return escapeUnseen(json, () => true);
}

function escapeUnseen(text: string, isEscaped: (character: string) => boolean): string {
  return text.replaceAll(new RegExp(UNSEEN, "gu"), (character) =>
    isEscaped(character) ? escapeUnits(character) : character,
  );
}

function escapeUnits(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
