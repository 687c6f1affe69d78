import { UsageError } from "./failure.ts";

/**
 * Reads a number that was typed after a flag, with or without a fraction.
 *
 * @param also what else the flag takes, as the end of the sentence that says what was expected
 * @throws UsageError when it is none, or not within the bounds
 */
export function readNumber(flag: string, text: string, least: number, most: number, also = ""): number {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`${flag}: expected a number from ${least} to ${most}${also}, got "${text}".`);
}

/** @throws UsageError when it is no whole number, or not within the bounds */
export function readWhole(flag: string, text: string, least: number, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`${flag}: expected a whole number from ${least} to ${most}, got "${text}".`);
}
