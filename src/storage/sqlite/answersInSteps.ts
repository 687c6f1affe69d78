/** Questions that are worked on in turns; the others wait. Each may hold the sums of a very large hour in memory. */
const WORKED_ON_MAX = 4;

interface Unanswered<Answer> {
  readonly steps: Generator<void, Answer>;
  readonly answer: (answer: Answer) => void;
  readonly fail: (error: unknown) => void;
}

/** Answers questions a step of each in turns, so that one that takes long does not keep all others waiting. */
export class AnswersInSteps<Answer> {
  readonly #unanswered: Unanswered<Answer>[] = [];

  get isEmpty(): boolean {
    return this.#unanswered.length === 0;
  }

  /** One of `answer` and `fail` is called once, within {@link work} or {@link refuse}. */
  add(question: Unanswered<Answer>): void {
    this.#unanswered.push(question);
  }

  /** Works until all is answered or the time is over; the step that goes on then is finished. */
  work(ms: number): void {
    const startedAt = performance.now();
    for (let turn = 0; !this.isEmpty; turn++) {
      this.#step(turn % Math.min(this.#unanswered.length, WORKED_ON_MAX));
      if (performance.now() - startedAt >= ms) return;
    }
  }

  /** Answers no question any more. */
  refuse(error: Error): void {
    for (const { fail } of this.#unanswered.splice(0)) fail(error);
  }

  #step(place: number): void {
    const { steps, answer, fail } = this.#unanswered[place] as Unanswered<Answer>;
    let step: IteratorResult<void, Answer>;
    try {
      step = steps.next();
    } catch (error) {
      this.#unanswered.splice(place, 1);
      fail(error);
      return;
    }
    if (!step.done) return;
    this.#unanswered.splice(place, 1);
    answer(step.value);
  }
}
