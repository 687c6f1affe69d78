/** The longest line that is read; what is beyond it is thrown away, so that no input can fill the memory. */
export const LINE_CHARACTERS_MAX = 65_536;

export interface Line {
  /** Counted from 1. */
  readonly number: number;
  /** Without its line end; empty when the line is too long. */
  readonly text: string;
  readonly tooLong: boolean;
}

/**
 * Takes a stream of UTF-8 bytes apart into lines (LF or CRLF), holding no more than one chunk and one line. A byte
 * order mark at the start is dropped. Ends early, without an error, when the signal is aborted.
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let number = 1;
  let rest = "";
  let discarding = false;
  for await (const chunk of untilAborted(chunks, signal)) {
    const pieces = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = pieces.pop() ?? "";
    for (const piece of pieces) {
      if (!discarding) yield toLine(number, piece);
      discarding = false;
      number++;
    }
    // Said at once: behind a line without end there may be no other chunk.
    if (rest.length > LINE_CHARACTERS_MAX && !discarding) {
      yield toLine(number, rest);
      discarding = true;
    }
    if (discarding) rest = "";
  }
  rest += decoder.decode();
  if (rest !== "" && !discarding && !signal.aborted) yield toLine(number, rest);
}

function toLine(number: number, text: string): Line {
  if (text.length > LINE_CHARACTERS_MAX) return { number, text: "", tooLong: true };
  return { number, text: text.endsWith("\r") ? text.slice(0, -1) : text, tooLong: false };
}

/** Passes a stream on until the signal is aborted, also while the stream is silent. */
async function* untilAborted<Item>(items: AsyncIterable<Item>, signal: AbortSignal): AsyncGenerator<Item> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await nextOrAborted(iterator, signal);
      if (next === undefined || next.done) return;
      yield next.value;
    }
  } finally {
    // After an abort a read may be under way that never ends: whoever opened the stream closes it then.
    if (!signal.aborted) await iterator.return?.();
  }
}

function nextOrAborted<Item>(
  iterator: AsyncIterator<Item>,
  signal: AbortSignal,
): Promise<IteratorResult<Item> | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const giveUp = () => resolve(undefined);
    signal.addEventListener("abort", giveUp, { once: true });
    iterator
      .next()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener("abort", giveUp));
  });
}
