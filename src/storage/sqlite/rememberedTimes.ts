import { HOUR_MS } from "../../domain/hour.ts";

/** Claimed times from one source in some hour, both rising. */
export interface ClaimedTimes {
  /** Those in the hour itself, in ms within it. */
  readonly within: Uint32Array;
  /** Those of clocks that were ahead, in ms since the start of the hour. */
  readonly later: Float64Array;
}

/** Claimed times by their source. */
export type SourcedTimes = ReadonlyMap<number, ClaimedTimes>;

/**
 * Claimed times that are kept, four or eight bytes each: of the hours of a thousand people who all send late readings in turns.
 * Unpacking an hour for each of these would cost twenty times as much as storing it.
 */
const REMEMBERED_TIMES_MAX = 4_000_000;

/** What remembering anything takes beside the times themselves, in times. */
const ENTRY_TIMES = 100;

/** Claimed times of parts and of sealed hours that were asked for last, so that late readings are looked up in memory. */
export class RememberedTimes {
  readonly #times = new Map<string, SourcedTimes>();
  readonly #timesMax: number;
  #size = 0;

  constructor(timesMax = REMEMBERED_TIMES_MAX) {
    this.#timesMax = timesMax;
  }

  /** What is remembered under a key, or what `load` gives, which is remembered from then on. */
  of(key: string, load: () => SourcedTimes): SourcedTimes {
    const known = this.#times.get(key);
    if (known !== undefined) return known;
    const times = load();
    this.#times.set(key, times);
    this.#size += sizeOf(times);
    while (this.#size > this.#timesMax && this.#times.size > 1) {
      this.forget(this.#times.keys().next().value as string);
    }
    return times;
  }

  forget(key: string): void {
    const times = this.#times.get(key);
    if (times === undefined) return;
    this.#times.delete(key);
    this.#size -= sizeOf(times);
  }
}

/** @param offset of the claimed time from the start of the hour, in ms */
export function isAmong(times: SourcedTimes, source: number, offset: number): boolean {
  const own = times.get(source);
  if (own === undefined) return false;
  return isIn(offset < HOUR_MS ? own.within : own.later, offset);
}

function sizeOf(times: SourcedTimes): number {
  return times
    .values()
    .reduce((size, { within, later }) => size + within.length + 2 * later.length, ENTRY_TIMES);
}

/** Binary search. */
function isIn(rising: Uint32Array | Float64Array, value: number): boolean {
  let [from, to] = [0, rising.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((rising[middle] as number) < value) from = middle + 1;
    else to = middle;
  }
  return rising[from] === value;
}
