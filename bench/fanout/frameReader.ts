/** Opcodes of RFC 6455 section 5.2. */
const OPCODE = { text: 1, close: 8, ping: 9 } as const;

/** Lengths from 126 are written in more bytes than one; no frame of a heart rate is that long. */
const SHORT_LENGTH_MAX = 125;

const HEADER_BYTES = 2;
const BEFORE_TIME = '{"measured_at":'.length;
const TIME_DIGITS = 13;
const ZERO = 48;

/** What a listener is told of its frames. */
export interface FrameEvents {
  /** @param time what the frame says in `measured_at` */
  reading(time: number): void;
  ping(): void;
  close(): void;
}

/**
 * Takes a listener's bytes apart into frames, and looks at no more of them than it must: the time is what tells which
 * write a frame came from. The load must not be the limit of what it measures.
 */
export class FrameReader {
  #rest: Buffer | undefined;

  /** @throws Error when a frame is none that a listener of readings is sent */
  take(bytes: Buffer, events: FrameEvents): void {
    const all = this.#rest === undefined ? bytes : Buffer.concat([this.#rest, bytes]);
    let at = 0;
    while (at + HEADER_BYTES <= all.length) {
      const length = all[at + 1]!;
      if (length > SHORT_LENGTH_MAX) throw new Error("a frame is longer than those of a heart rate");
      const end = at + HEADER_BYTES + length;
      if (end > all.length) break;
      const opcode = all[at]! & 0x0f;
      if (opcode === OPCODE.text) events.reading(readTime(all, at + HEADER_BYTES + BEFORE_TIME));
      else if (opcode === OPCODE.ping) events.ping();
      else if (opcode === OPCODE.close) events.close();
      else throw new Error(`a frame has the opcode ${opcode}`);
      at = end;
    }
    // The bytes belong to the socket and may be written over.
    this.#rest = at === all.length ? undefined : Buffer.from(all.subarray(at));
  }
}

function readTime(bytes: Buffer, start: number): number {
  let time = 0;
  for (let at = start; at < start + TIME_DIGITS; at++) time = time * 10 + bytes[at]! - ZERO;
  return time;
}
