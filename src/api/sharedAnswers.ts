interface Asked<Answer> {
  readonly running: Promise<Answer>;
  next: Promise<Answer> | undefined;
}

/**
 * Answers that cost much, one after the other for each key: while one is under way, all who ask share the next. They do
 * not share the running one, which may have begun before what they know of.
 */
export class SharedAnswers<Answer> {
  readonly #asked = new Map<string, Asked<Answer>>();

  /**
   * @param reckon begins after this call; of those who share an answer the first one's is called
   * @throws what `reckon` throws, to all who share it and nobody after them
   */
  ask(key: string, reckon: () => Promise<Answer>): Promise<Answer> {
    const asked = this.#asked.get(key);
    if (asked === undefined) return this.#begin(key, reckon);
    asked.next ??= this.#after(asked.running, key, reckon);
    return asked.next;
  }

  #begin(key: string, reckon: () => Promise<Answer>): Promise<Answer> {
    const asked: Asked<Answer> = { running: reckon(), next: undefined };
    this.#asked.set(key, asked);
    const end = () => {
      if (asked.next === undefined) this.#asked.delete(key);
    };
    asked.running.then(end, end);
    return asked.running;
  }

  async #after(running: Promise<Answer>, key: string, reckon: () => Promise<Answer>): Promise<Answer> {
    await running.catch(() => {});
    return this.#begin(key, reckon);
  }
}
