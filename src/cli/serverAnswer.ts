/** What a server answered, as far as a command looks at it. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Its first {@link ANSWER_BYTES_MAX} bytes as text. */
  readonly body: string;
}

/** No answer of the wire is longer. Whatever else answers can neither fill the memory nor hold a command for ever. */
export const ANSWER_BYTES_MAX = 16_384;

/**
 * Reads an answer to its end, so that the connection can carry the next request, but gives both up where the body is
 * longer than `bytesMax`.
 *
 * @throws what `fetch` throws when the connection fails meanwhile
 */
export async function readAnswer(
  { status, headers, body }: Response,
  bytesMax = ANSWER_BYTES_MAX,
): Promise<Answer> {
  const chunks: Uint8Array[] = [];
  const reader = body?.getReader();
  for (let bytes = 0; reader !== undefined; ) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    bytes += value.length;
    if (bytes > bytesMax) {
      await reader.cancel();
      break;
    }
  }
  const bytes = Buffer.concat(chunks).subarray(0, bytesMax);
  return { status, headers, body: new TextDecoder().decode(bytes) };
}
