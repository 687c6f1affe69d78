import { checkReading, type Decoded, shown } from "./ndjson.ts";

/** Where a CSV file keeps what we read, taken from its header row. */
export interface CsvLayout {
  readonly separator: string;
  readonly timeColumn: number;
  readonly rateColumn: number;
  /** The two columns as the file names them, for messages. */
  readonly timeName: string;
  readonly rateName: string;
}

/** The names a column may have, best first: a file may hold more than one time. */
const TIME_NAMES = ["measured_at", "timestamp", "time"];
const RATE_NAMES = ["heart_rate", "bpm"];
const SEPARATORS = [",", ";", "\t"];

/**
 * Reads the header row: finds the separator (`,`, `;` or tab) and the two columns, whatever else is beside them.
 * A byte order mark before it is ignored.
 */
export function readCsvHeader(line: string): CsvLayout | { readonly problem: string } {
  for (const separator of SEPARATORS) {
    const names = splitCsvRow(line.trim(), separator)?.map((name) => name.trim().toLowerCase()) ?? [];
    const timeName = TIME_NAMES.find((name) => names.includes(name));
    const rateName = RATE_NAMES.find((name) => names.includes(name));
    if (timeName === undefined || rateName === undefined) continue;
    const timeColumn = names.indexOf(timeName);
    return { separator, timeColumn, rateColumn: names.indexOf(rateName), timeName, rateName };
  }
  return {
    problem:
      "expected a header row with a column measured_at (or timestamp, time) and a column heart_rate (or bpm), " +
      `got ${shown(line)}`,
  };
}

/**
 * Reads one row. A row of empty fields, which spreadsheets leave below the last one, is nothing to read.
 *
 * @returns undefined for an empty row
 */
export function decodeCsvRow(layout: CsvLayout, line: string): Decoded | undefined {
  const fields = splitCsvRow(line, layout.separator);
  if (fields === undefined) {
    return { problem: "expected a quote at the end of the field (a field cannot go on in the next line)" };
  }
  if (fields.every((field) => field.trim() === "")) return undefined;
  const time = fields[layout.timeColumn]?.trim() ?? "";
  const rate = fields[layout.rateColumn]?.trim() ?? "";
  const decoded = readTime(time);
  if (typeof decoded === "string") {
    return { problem: `${layout.timeName}: expected ${decoded}, got ${shown(time)}` };
  }
  if (!/^[+-]?\d+(\.0*)?$/.test(rate)) {
    return { problem: `${layout.rateName}: expected a whole number, got ${shown(rate)}` };
  }
  return checkReading(decoded, Number(rate), {
    time: `${layout.timeName}: expected Unix time in milliseconds`,
    rate: layout.rateName,
  });
}

/**
 * Takes a row apart (RFC 4180 section 2, within one line): a field in quotes may hold the separator and doubled
 * quotes; a quote inside a bare field is a character like any other.
 *
 * @returns undefined when a quoted field is not closed
 */
export function splitCsvRow(line: string, separator: string): string[] | undefined {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const start = at + (/^ */.exec(line.slice(at))?.[0].length ?? 0);
    if (line[start] === '"') {
      const field = readQuotedField(line, start + 1);
      if (field === undefined) return undefined;
      const end = line.indexOf(separator, field.end);
      fields.push(field.text + line.slice(field.end, end < 0 ? line.length : end).trimEnd());
      if (end < 0) return fields;
      at = end + 1;
    } else {
      const end = line.indexOf(separator, at);
      fields.push(line.slice(at, end < 0 ? line.length : end));
      if (end < 0) return fields;
      at = end + 1;
    }
  }
}

/** Reads from behind the opening quote; `end` is behind the closing one. */
function readQuotedField(line: string, start: number): { text: string; end: number } | undefined {
  let text = "";
  let at = start;
  for (;;) {
    const quote = line.indexOf('"', at);
    if (quote < 0) return undefined;
    text += line.slice(at, quote);
    if (line[quote + 1] !== '"') return { text, end: quote + 1 };
    text += '"';
    at = quote + 2;
  }
}

const ISO_TIME =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/** A number from here to there is a time of 1973 to 5138 in seconds, and one of early 1970 in milliseconds. */
const SECONDS_FROM = 1e8;
const SECONDS_BELOW = 1e11;

/** Reads Unix milliseconds or an ISO 8601 time with a zone; a text says what was expected instead. */
function readTime(text: string): number | string {
  if (/^\d+(\.\d*)?$/.test(text)) {
    const time = Number(text);
    const isSeconds = time >= SECONDS_FROM && time < SECONDS_BELOW;
    return isSeconds ? "Unix time in milliseconds (this looks like seconds: add three zeros)" : time;
  }
  const match = ISO_TIME.exec(text);
  if (match === null) return "Unix time in milliseconds or a time such as 2024-03-01T17:00:00Z";
  const zone = match[8];
  if (zone === undefined) return "a time with its zone (Z or +02:00 at the end)";
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const local = Date.UTC(year!, month! - 1, day!, hour!, minute!, second!);
  // Date.UTC rolls over: the 30th of February would silently be the 1st of March.
  const asWritten = `${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6] ?? "00"}.000Z`;
  if (new Date(local).toISOString() !== asWritten) return "a time that exists";
  const fractionMs = Number((match[7] ?? "").padEnd(3, "0").slice(0, 3));
  return local + fractionMs - zoneOffsetMs(zone);
}

function zoneOffsetMs(zone: string): number {
  if (zone.toUpperCase() === "Z") return 0;
  const digits = zone.replace(/\D/g, "").padEnd(4, "0");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone.startsWith("-") ? -minutes : minutes) * 60_000;
}
