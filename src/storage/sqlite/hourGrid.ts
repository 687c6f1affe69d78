import { HOUR_MS } from "../../domain/hour.ts";
import { type HourAggregate, HourSum } from "../../domain/statistics.ts";

const SECOND_MS = 1_000;

/** The readings of one second: what counts of each millisecond. */
interface Second {
  /** 0 where there is no reading. */
  readonly bpm: Uint16Array;
  /** By how much the claimed time is after the effective one; absent while it is so for none. */
  aheadMs?: Float64Array;
  /** Absent while all are of source 0. */
  sources?: Uint32Array;
}

/**
 * Sums up the readings of one hour, however many and in any order, in at most 50 MB and mostly 7: where several have the
 * same effective time, nothing but the last of them counts in what follows, so that one place a millisecond holds them all.
 */
export class HourGrid {
  readonly #start: number;
  readonly #seconds: Second[] = new Array(HOUR_MS / SECOND_MS);
  #readings = 0;
  #bpmSum = 0;
  #lowest = Number.POSITIVE_INFINITY;
  #highest = 0;

  constructor(hour: number) {
    this.#start = hour * HOUR_MS;
  }

  /** @param at its effective time, which is in the hour */
  add(at: number, bpm: number, source: number, measuredAt: number): void {
    this.#readings++;
    this.#bpmSum += bpm;
    if (bpm < this.#lowest) this.#lowest = bpm;
    if (bpm > this.#highest) this.#highest = bpm;
    const offset = at - this.#start;
    this.#seconds[Math.floor(offset / SECOND_MS)] ??= { bpm: new Uint16Array(SECOND_MS) };
    const second = this.#seconds[Math.floor(offset / SECOND_MS)] as Second;
    const place = offset % SECOND_MS;
    const aheadMs = measuredAt - at;
    if (second.bpm[place] !== 0 && !isAfter(source, aheadMs, second, place)) return;
    second.bpm[place] = bpm;
    if (aheadMs !== 0) second.aheadMs ??= new Float64Array(SECOND_MS);
    if (second.aheadMs !== undefined) second.aheadMs[place] = aheadMs;
    if (source !== 0) second.sources ??= new Uint32Array(SECOND_MS);
    if (second.sources !== undefined) second.sources[place] = source;
  }

  /** @returns undefined when nothing was added */
  get aggregate(): HourAggregate | undefined {
    if (this.#readings === 0) return undefined;
    const sum = new HourSum();
    this.#seconds.forEach(({ bpm: rates }, second) => {
      for (let place = 0; place < SECOND_MS; place++) {
        const bpm = rates[place] as number;
        if (bpm !== 0) sum.add(this.#start + second * SECOND_MS + place, bpm);
      }
    });
    return {
      ...sum.aggregate,
      readings: this.#readings,
      bpmSum: this.#bpmSum,
      lowest: this.#lowest,
      highest: this.#highest,
    };
  }
}

/** Readings of one effective time are in the order of source and claimed time. */
function isAfter(
  source: number,
  aheadMs: number,
  { sources, aheadMs: aheads }: Second,
  place: number,
): boolean {
  const other = sources?.[place] ?? 0;
  return source > other || (source === other && aheadMs > (aheads?.[place] ?? 0));
}
