import type { EpochMs } from "../../../src/domain/reading.ts";

/** A clock that stands still until it is moved. It begins now, because page tokens of the tests are made by the real one. */
export class MovableClock {
  #now = Date.now();
  readonly now = (): EpochMs => this.#now as EpochMs;

  move(milliseconds: number): void {
    this.#now += milliseconds;
  }
}
