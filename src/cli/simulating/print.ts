import type { Writable } from "node:stream";
import { encodeWireBody, type WireReading } from "../../exchange/ndjson.ts";

/** Lines are collected up to this size before they are written. */
const CHUNK_CHARACTERS = 16_384;

/**
 * Writes readings as lines in the wire format, no faster than they are taken, until they end or the reader goes away
 * (`| head`).
 *
 * @param together whether lines may wait for each other, which is much faster where no reading waits for the clock
 * @returns when everything is written
 */
export async function printReadings(
  readings: AsyncIterable<WireReading>,
  output: Writable,
  together: boolean,
): Promise<void> {
  const ignore = () => {};
  // Without a listener the end of the reader would end us with a stack.
  output.on("error", ignore);
  try {
    let chunk = "";
    for await (const reading of readings) {
      chunk += `${encodeWireBody(reading)}\n`;
      if (together && chunk.length < CHUNK_CHARACTERS) continue;
      if (!(await written(output, chunk))) return;
      chunk = "";
    }
    if (chunk !== "") await written(output, chunk);
  } finally {
    output.off("error", ignore);
  }
}

/** Waits until a chunk has been passed on; false when there is nobody to take it. */
function written(output: Writable, chunk: string): Promise<boolean> {
  return new Promise((resolve) => {
    output.write(chunk, (error) => resolve(error === null || error === undefined));
  });
}
