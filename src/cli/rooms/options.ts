import { UsageError } from "../failure.ts";

const HOUR_SECONDS = 3_600;

/** What the server takes: a minute to thirty days. */
const EXPIRES_HOURS_MIN = 1 / 60;
const EXPIRES_HOURS_MAX = 720;

/** @throws UsageError when the text is no JSON object */
export function readConfiguration(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // What is no JSON is refused below with what is no object.
  }
  throw new UsageError('The configuration: expected a JSON object, such as {"name":"Race"}.');
}

/** @throws UsageError when it is no number of hours that the server takes */
export function readExpirySeconds(text: string): number {
  const hours = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(hours >= EXPIRES_HOURS_MIN && hours <= EXPIRES_HOURS_MAX)) {
    throw new UsageError("--expires: expected hours from 0.02 to 720, written in digits, such as 24 or 0.5.");
  }
  return Math.round(hours * HOUR_SECONDS);
}
