import type { Taken } from "./connection.ts";

/** RFC 6455 section 11.8. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** One frame of a WebSocket, as it came over the connection (RFC 6455 section 5.2). */
export interface Frame {
  readonly opcode: number;
  readonly isFinal: boolean;
  /** RSV1: the frame is compressed (RFC 7692). */
  readonly isCompressed: boolean;
  readonly payload: Buffer;
}

/** Nothing that is said here is longer. */
const PAYLOAD_BYTES_MAX = 1_048_576;

/** @returns undefined until a whole frame is there */
export function takeFrame(received: Buffer): Taken<Frame> | undefined {
  if (received.length < 2) return undefined;
  const first = received.readUInt8(0);
  const second = received.readUInt8(1);
  const short = second & 0x7f;
  const start = short === 126 ? 4 : short === 127 ? 10 : 2;
  if (received.length < start) return undefined;
  const length =
    short === 126 ? received.readUInt16BE(2) : short === 127 ? Number(received.readBigUInt64BE(2)) : short;
  // A longer one is cut off, and what follows makes no sense any more: the check that reads it fails.
  const taken = Math.min(length, PAYLOAD_BYTES_MAX);
  if (received.length < start + taken) return undefined;
  const payload = Buffer.from(received.subarray(start, start + taken));
  const frame = {
    opcode: first & 0x0f,
    isFinal: (first & 0x80) !== 0,
    isCompressed: (first & 0x40) !== 0,
    payload,
  };
  return { value: frame, length: start + taken };
}

/** A frame of up to 65535 bytes, masked as clients must. */
export function maskedFrame(opcode: number, payload: Uint8Array): Buffer {
  const length =
    payload.length < 126
      ? [0x80 | payload.length]
      : [0x80 | 126, (payload.length >> 8) & 0xff, payload.length & 0xff];
  const mask = crypto.getRandomValues(new Uint8Array(4));
  const masked = payload.map((byte, index) => byte ^ (mask[index % 4] as number));
  return Buffer.concat([Buffer.from([0x80 | opcode, ...length]), mask, masked]);
}

/** The close code of a close frame; 1005 when it names none (RFC 6455 section 7.1.5). */
export function closeCodeOf({ payload }: Frame): number {
  return payload.length < 2 ? 1005 : payload.readUInt16BE(0);
}
