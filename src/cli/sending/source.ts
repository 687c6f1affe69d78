import { createReadStream, type Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { type CsvLayout, decodeCsvRow, readCsvHeader } from "../../exchange/csv.ts";
import { type Decoded, decodeWireLine } from "../../exchange/ndjson.ts";
import { CommandFailure } from "../failure.ts";
import { LINE_CHARACTERS_MAX, readLines } from "./lines.ts";

export type Format = "ndjson" | "csv";

/** Where readings are read from. */
export interface Source {
  /** For messages. */
  readonly name: string;
  readonly format: Format;
  /** A regular file can be read twice; a pipe cannot. */
  readonly rereadable: boolean;
  /** The bytes from the start; an aborted signal closes the stream. */
  open(signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** A line that is neither blank nor a header, and what was read in it. */
export interface DecodedLine {
  readonly lineNumber: number;
  readonly decoded: Decoded;
}

/**
 * Finds the file, or takes standard input for `-`.
 *
 * @throws CommandFailure when there is no such file or it is a folder
 */
export async function findSource(file: string, format: Format): Promise<Source> {
  if (file === "-") {
    return { name: "standard input", format, rereadable: false, open: openStandardInput };
  }
  let found: Stats;
  try {
    found = await stat(file);
  } catch (error) {
    throw unreadable(file, error);
  }
  if (found.isDirectory()) throw new CommandFailure(`${file} is a folder. Name a file in it.`);
  const open = (signal: AbortSignal) => createReadStream(file, { signal });
  return { name: file, format, rereadable: found.isFile(), open };
}

function openStandardInput(signal: AbortSignal): AsyncIterable<Uint8Array> {
  signal.addEventListener("abort", () => process.stdin.destroy(), { once: true });
  return process.stdin;
}

/**
 * Reads a source line by line, without holding more than a piece of it.
 *
 * @throws CommandFailure when the file cannot be read, or a CSV file has no usable header
 */
export async function* readSource(source: Source, signal: AbortSignal): AsyncGenerator<DecodedLine> {
  const decode = source.format === "csv" ? createCsvDecoder(source.name) : decodeWireLine;
  for await (const line of readLines(readChunks(source, signal), signal)) {
    if (line.tooLong) {
      const problem = `expected a line of at most ${LINE_CHARACTERS_MAX} characters`;
      yield { lineNumber: line.number, decoded: { problem } };
    } else if (line.text.trim() !== "") {
      const decoded = decode(line.text, line.number);
      if (decoded !== undefined) yield { lineNumber: line.number, decoded };
    }
  }
}

function createCsvDecoder(name: string): (text: string, lineNumber: number) => Decoded | undefined {
  let layout: CsvLayout | undefined;
  return (text, lineNumber) => {
    if (layout !== undefined) return decodeCsvRow(layout, text);
    const header = readCsvHeader(text);
    if ("problem" in header) throw new CommandFailure(`${name}, line ${lineNumber}: ${header.problem}.`);
    layout = header;
    return undefined;
  };
}

async function* readChunks(source: Source, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* source.open(signal);
  } catch (error) {
    throw unreadable(source.name, error);
  }
}

function unreadable(name: string, error: unknown): CommandFailure {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return new CommandFailure(`There is no file ${name}.`);
  if (code === "EACCES") return new CommandFailure(`You are not allowed to read ${name}.`);
  return new CommandFailure(`${name} cannot be read: ${message}`);
}
