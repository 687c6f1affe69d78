import type { Bpm, EpochMs } from "../../domain/reading.ts";
import { decodeWireLine } from "../../exchange/ndjson.ts";

/** A reading as the server shows it: `measuredAt` is its effective time. */
export interface HeardReading {
  readonly measuredAt: EpochMs;
  readonly bpm: Bpm;
}

/** Reads a frame of the live socket, or the answer to a request for the latest reading. */
export function readHeardReading(text: string): HeardReading | undefined {
  const { reading } = decodeWireLine(text);
  if (reading === undefined || reading.heartRate < 1) return undefined;
  return { measuredAt: reading.measuredAt, bpm: reading.heartRate as Bpm };
}
