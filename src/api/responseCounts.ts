/** How many answers went out with which status. */
export class ResponseCounts {
  readonly #counts = new Map<number, number>();

  count(status: number): void {
    this.#counts.set(status, (this.#counts.get(status) ?? 0) + 1);
  }

  /** Pairs of status and number, by status. */
  counts(): readonly (readonly [status: number, count: number])[] {
    return [...this.#counts].sort(([a], [b]) => a - b);
  }
}
