import { extname } from "node:path";
import { BPM_MAX } from "../../domain/reading.ts";
import type { ConnectionOptions } from "../connection.ts";
import { UsageError } from "../failure.ts";
import { readNumber, readWhole } from "../numberOption.ts";
import type { Speed } from "./replay.ts";
import type { Format } from "./source.ts";

/** The options of `heartwire send`, as they were typed. */
export interface SendOptions extends ConnectionOptions {
  readonly file?: string;
  readonly format?: string;
  readonly speed?: string;
  readonly now?: boolean;
  readonly inFlight?: string;
  readonly skipInvalid?: boolean;
  readonly giveUpAfter?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** One value measured now, or a stream. */
export type SendTask =
  | { readonly kind: "value"; readonly heartRate: number }
  | {
      readonly kind: "stream";
      readonly file: string;
      readonly format: Format;
      readonly speed: Speed;
      readonly shiftToNow: boolean;
      readonly inFlight: number;
      readonly skipInvalid: boolean;
    };

/** Requests that may be under way at once; also what Bun's fetch allows. */
export const IN_FLIGHT_MAX = 256;

/** A replay faster than this is `max` in all but name. */
export const SPEED_MAX = 1_000;
export const SPEED_MIN = 0.001;

/** A day: a longer outage is better met by starting again. */
export const GIVE_UP_AFTER_SECONDS_MAX = 86_400;

const STREAM_OPTIONS = ["format", "speed", "now", "inFlight", "skipInvalid"] as const;

/** @throws UsageError when value and file are both there or both missing, or an option is out of its bounds */
export function readSendTask(value: string | undefined, options: SendOptions): SendTask {
  const { file } = options;
  if (value !== undefined && file !== undefined) {
    throw new UsageError("Give either one heart rate or --file, not both.");
  }
  if (file !== undefined) return readStreamTask(file, options);
  if (value === undefined) {
    throw new UsageError(
      "Say what to send: a heart rate such as 72, or --file with a file's name or - for stdin.",
    );
  }
  const stray = STREAM_OPTIONS.find((name) => options[name] !== undefined);
  if (stray !== undefined)
    throw new UsageError(`${flagOf(stray)} goes with --file: one value is sent as it is, now.`);
  if (!/^-?\d+$/.test(value) || Number(value) > BPM_MAX) {
    throw new UsageError(`A heart rate is a whole number of at most ${BPM_MAX}, got "${value}".`);
  }
  return { kind: "value", heartRate: Number(value) + 0 };
}

function readStreamTask(file: string, options: SendOptions): SendTask {
  return {
    kind: "stream",
    file,
    format: readFormat(file, options.format),
    speed:
      options.speed === "max"
        ? "max"
        : readNumber("--speed", options.speed ?? "1", SPEED_MIN, SPEED_MAX, ", or max"),
    shiftToNow: options.now === true,
    inFlight: readWhole("--in-flight", options.inFlight ?? "1", 1, IN_FLIGHT_MAX),
    skipInvalid: options.skipInvalid === true,
  };
}

/** @throws UsageError when it is not a number of seconds from 0 to a day */
export function readGiveUpAfterMs(options: SendOptions): number {
  return readNumber("--give-up-after", options.giveUpAfter ?? "300", 0, GIVE_UP_AFTER_SECONDS_MAX) * 1000;
}

function readFormat(file: string, format: string | undefined): Format {
  if (format === "ndjson" || format === "csv") return format;
  if (format !== undefined) throw new UsageError(`--format: expected ndjson or csv, got "${format}".`);
  const extension = extname(file).toLowerCase();
  if (extension === ".ndjson" || extension === ".jsonl") return "ndjson";
  if (extension === ".csv") return "csv";
  const name =
    file === "-" ? "Standard input has no name" : `The name ${file} does not end in .ndjson or .csv`;
  throw new UsageError(`${name}: say what it holds with --format ndjson or --format csv.`);
}

function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
