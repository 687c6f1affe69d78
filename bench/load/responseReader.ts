const HEAD_END = Buffer.from("\r\n\r\n");
const STATUS_AT = "HTTP/1.1 ".length;

/**
 * Takes a connection's bytes apart into responses, for a client that has one request under way at a time.
 *
 * A response comes in one piece almost always, and all of them are of one length: then the status is the only thing
 * to look at.
 */
export class ResponseReader {
  #rest: Buffer | undefined;

  /** @returns the status of the response that is complete now; undefined while it is not */
  take(bytes: Buffer): number | undefined {
    const all = this.#rest === undefined ? bytes : Buffer.concat([this.#rest, bytes]);
    const headEnd = all.indexOf(HEAD_END);
    if (headEnd < 0 || all.length < headEnd + HEAD_END.length + contentLength(all, headEnd)) {
      // The bytes belong to the socket and may be written over.
      this.#rest = this.#rest === undefined ? Buffer.from(bytes) : all;
      return undefined;
    }
    this.#rest = undefined;
    return (all[STATUS_AT]! - 48) * 100 + (all[STATUS_AT + 1]! - 48) * 10 + (all[STATUS_AT + 2]! - 48);
  }
}

let knownHeadEnd = -1;
let knownLength = 0;

/** The body's length as the head declares it. Heads of one length are taken to be alike. */
function contentLength(bytes: Buffer, headEnd: number): number {
  if (headEnd === knownHeadEnd) return knownLength;
  const match = /\r\ncontent-length: *(\d+)/i.exec(bytes.toString("latin1", 0, headEnd));
  knownHeadEnd = headEnd;
  knownLength = Number(match?.[1] ?? 0);
  return knownLength;
}
