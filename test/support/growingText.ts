/** Something expected that is not printed for this long is not going to come: this machine may be busy. */
const PATIENCE_MS = 20_000;

/** What a process prints, while it prints it. */
export class GrowingText {
  /** Resolves when nothing more will come. */
  readonly ended: Promise<void>;
  #text = "";
  #hasEnded = false;
  #wake: () => void = () => {};

  constructor(stream: ReadableStream<Uint8Array>) {
    this.ended = this.#collect(stream);
  }

  /** All that has come so far. */
  get text(): string {
    return this.#text;
  }

  /**
   * Waits until the text matches, and returns the match.
   *
   * @throws Error with the whole text when it ends, or says nothing of the kind for long
   */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    const endsAtMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = pattern.exec(this.#text);
      if (found !== null) return found;
      const leftMs = endsAtMs - performance.now();
      if (this.#hasEnded || leftMs <= 0) throw new Error(`${pattern} was not printed, only:\n${this.#text}`);
      await this.#change(leftMs);
    }
  }

  async #collect(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      this.#text += decoder.decode(chunk, { stream: true });
      this.#wake();
    }
    this.#hasEnded = true;
    this.#wake();
  }

  async #change(msMax: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    const timer = setTimeout(resolve, msMax);
    await promise;
    clearTimeout(timer);
  }
}
