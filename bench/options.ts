import { InvalidArgumentError } from "commander";

/** Reads a count from the command line. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError("Give a whole number from 1.");
  return value;
}
