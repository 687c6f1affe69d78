import { effectiveTime } from "../../domain/reading.ts";
import { aggregateHour, type HourAggregate } from "../../domain/statistics.ts";
import type { SourcedReading } from "./packedHours.ts";

/** Sums up the readings of one hour in any order: in the room that they take, and so no more of them than can be sealed. */
export class HourList {
  readonly #readings: {
    readonly at: number;
    readonly bpm: number;
    readonly source: number;
    readonly measuredAt: number;
  }[] = [];

  /** @param at its effective time, which is in the hour */
  add(at: number, bpm: number, source: number, measuredAt: number): void {
    this.#readings.push({ at, bpm, source, measuredAt });
  }

  /** @returns undefined when nothing was added */
  get aggregate(): HourAggregate | undefined {
    if (this.#readings.length === 0) return undefined;
    this.#readings.sort((a, b) => a.at - b.at || a.source - b.source || a.measuredAt - b.measuredAt);
    return aggregateHour(this.#readings);
  }
}

/** Sums up readings of one hour of effective time, in any order; at least one. */
export function aggregateReadings(readings: readonly SourcedReading[]): HourAggregate {
  const list = new HourList();
  for (const reading of readings)
    list.add(effectiveTime(reading), reading.bpm, reading.source, reading.measuredAt);
  return list.aggregate as HourAggregate;
}
