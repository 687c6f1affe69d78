import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dir, "..", "recordings");
const ENDING = ".ndjson";

/** A recorded workout: one line a reading, as devices send them. */
export interface Recording {
  readonly name: string;
  readonly file: string;
}

/** What a server is to keep of a line. */
export interface KeptReading {
  readonly measuredAt: number;
  readonly bpm: number;
}

export const RECORDINGS: readonly Recording[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith(ENDING))
  .sort()
  .map((file) => ({ name: file.slice(0, -ENDING.length), file: join(FOLDER, file) }));

/** @throws Error when there is none of this name */
export function recordingNamed(name: string): Recording {
  const found = RECORDINGS.find((recording) => recording.name === name);
  if (found === undefined) throw new Error(`there is no recording ${name}`);
  return found;
}

/** Each time with a rate above 0 once, with the first rate that it has, in the order of the file. */
export function keptReadings({ file }: Recording): readonly KeptReading[] {
  const rates = new Map<number, number>();
  for (const line of readFileSync(file, "utf8").trimEnd().split("\n")) {
    const { measured_at, data } = JSON.parse(line);
    if (data.heart_rate > 0 && !rates.has(measured_at)) rates.set(measured_at, data.heart_rate);
  }
  return [...rates].map(([measuredAt, bpm]) => ({ measuredAt, bpm }));
}

/** The order in which a store gives them. */
export function byTime(readings: readonly KeptReading[]): readonly KeptReading[] {
  return readings.toSorted((one, other) => one.measuredAt - other.measuredAt);
}

/** A frame of the live socket as a reading. */
export function heardReading(frame: string): KeptReading {
  const { measured_at, data } = JSON.parse(frame);
  return { measuredAt: measured_at, bpm: data.heart_rate };
}
