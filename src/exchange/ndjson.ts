import { BPM_MAX, claimedTime, type EpochMs } from "../domain/reading.ts";

/**
 * A reading as a sender states it on the Pulsoid wire. A rate of 0 or below may be sent (a strap without contact
 * does); the server answers 200 and keeps nothing.
 */
export interface WireReading {
  readonly measuredAt: EpochMs;
  /** Beats per minute: an integer of at most {@link BPM_MAX}. */
  readonly heartRate: number;
}

/** A line that was read, or the sentence that says what was expected in it. */
export type Decoded =
  | { readonly reading: WireReading; readonly problem?: never }
  | { readonly problem: string; readonly reading?: never };

/**
 * Reads one line of NDJSON: the body of one `POST /api/v1/data`. Other fields are dropped, and times in
 * microseconds become milliseconds, as the server would do.
 */
export function decodeWireLine(line: string): Decoded {
  let body: unknown;
  try {
    body = JSON.parse(line.trim());
  } catch {
    return { problem: `expected a JSON object, got ${shown(line)}` };
  }
  if (!isObject(body)) return { problem: `expected a JSON object, got ${shown(line)}` };
  if (!isObject(body.data)) return { problem: `data: expected an object, got ${shownValue(body.data)}` };
  return checkReading(body.measured_at, body.data.heart_rate, {
    time: "measured_at: expected Unix time in milliseconds",
    rate: "data.heart_rate",
  });
}

/** Writes the body of one `POST /api/v1/data`, without a space. */
export function encodeWireBody(reading: WireReading): string {
  return `{"measured_at":${reading.measuredAt},"data":{"heart_rate":${reading.heartRate}}}`;
}

/** How the two fields of a reading are named where it was read, so that a message points at the right place. */
export interface FieldNames {
  /** The time's name and what it should have been. */
  readonly time: string;
  readonly rate: string;
}

/** Checks a time and a rate by the rules of the write route: what passes here is never answered 400. */
export function checkReading(time: unknown, rate: unknown, names: FieldNames): Decoded {
  if (typeof time !== "number" || !(time >= 0 && time <= Number.MAX_SAFE_INTEGER)) {
    return { problem: `${names.time}, got ${shownValue(time)}` };
  }
  if (typeof rate !== "number" || !Number.isInteger(rate) || rate > BPM_MAX) {
    return {
      problem: `${names.rate}: expected a whole number of at most ${BPM_MAX}, got ${shownValue(rate)}`,
    };
  }
  // Adding 0 turns -0 into 0: the two are one number on the wire.
  return { reading: { measuredAt: claimedTime(time), heartRate: rate + 0 } };
}

const SHOWN_CHARACTERS_MAX = 60;

/** A piece of input, short enough for a message, without characters that would move a terminal's cursor. */
export function shown(text: string): string {
  const oneLine = text.replace(/[\p{Cc}\p{Cf}]/gu, " ").trim();
  if (oneLine === "") return "nothing";
  return `"${oneLine.length > SHOWN_CHARACTERS_MAX ? `${oneLine.slice(0, SHOWN_CHARACTERS_MAX)}…` : oneLine}"`;
}

function shownValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return value === "" ? 'the text ""' : `the text ${shown(value)}`;
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
