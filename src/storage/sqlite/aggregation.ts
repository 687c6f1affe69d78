import { HOUR_MS, hourOf } from "../../domain/hour.ts";
import { effectiveTime } from "../../domain/reading.ts";
import type { HourAggregate } from "../../domain/statistics.ts";
import type { FreshIndex, Visit } from "./freshIndex.ts";
import { HourGrid } from "./hourGrid.ts";
import { HourList } from "./hourList.ts";
import type { KnownSums, Watch } from "./knownSums.ts";
import type { PackedHours } from "./packedHours.ts";
import type { SealedHours } from "./sealedHours.ts";

/** What reckoning needs of the store. */
export interface AggregationPlaces {
  readonly hours: PackedHours;
  readonly sealed: SealedHours;
  readonly sums: KnownSums;
  /** The fresh readings, oldest generation first. */
  readonly fresh: () => readonly FreshIndex[];
  /** An hour with more readings than this is never in memory as a whole. */
  readonly sealedHourReadingsMax: number;
}

/** Numbers that each fresh reading is held in: source, claimed time, arrival, heart rate. */
const FRESH_COLUMNS = 4;

/** A question for what a profile's readings with effective times in a span come to, both ends in it. */
export interface AggregateQuestion {
  readonly profile: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Reckons what a profile's readings come to, one hour after the other and a very large one part by part, so that no question
 * fills the memory or holds up the writes. Between its steps readings may come, be moved and be changed: the hour that was under way is
 * reckoned anew then, and nothing is counted twice or left out.
 */
export class Aggregation {
  readonly #places: AggregationPlaces;
  readonly #question: AggregateQuestion;
  readonly #watch: Watch;
  /** By the hour of their effective time, {@link FRESH_COLUMNS} each. */
  #fresh: ReadonlyMap<number, readonly number[]> = new Map();

  constructor(places: AggregationPlaces, question: AggregateQuestion) {
    this.#places = places;
    this.#question = question;
    this.#watch = { profile: question.profile, isChanged: true };
  }

  /**
   * Gives control back after each hour that had to be looked at, and each part of a very large one.
   *
   * @returns the hours that have readings in the span, oldest first
   * @throws what SQLite or a damaged hour throws
   */
  *steps(): Generator<void, readonly HourAggregate[]> {
    const { hours, sealed, sums } = this.#places;
    const { profile, from, to } = this.#question;
    const [first, last] = [hourOf(from), hourOf(to)];
    sums.watch(this.#watch);
    try {
      this.#takeFresh();
      const whole = new Map(sealed.aggregates(profile, first, last).map((sum) => [sum.hour, sum]));
      const loose = new Set([...hours.hoursAround(profile, first, last), ...this.#fresh.keys()]);
      const found: HourAggregate[] = [];
      for (const hour of [...new Set([...whole.keys(), ...loose])].sort((a, b) => a - b)) {
        const known = loose.has(hour) ? undefined : whole.get(hour);
        const sum = this.#isInSpan(known) ? known : yield* this.#steadySum(hour);
        if (sum !== undefined) found.push(sum);
      }
      return found;
    } finally {
      sums.unwatch(this.#watch);
    }
  }

  *#steadySum(hour: number): Generator<void, HourAggregate | undefined> {
    for (;;) {
      if (this.#watch.isChanged) this.#takeFresh();
      const sum = yield* this.#sum(hour);
      if (this.#watch.isChanged) continue;
      yield;
      return sum;
    }
  }

  *#sum(hour: number): Generator<void, HourAggregate | undefined> {
    const { hours, sealed, sums, sealedHourReadingsMax } = this.#places;
    const { profile, from, to } = this.#question;
    const fresh = this.#fresh.get(hour) ?? [];
    const known = fresh.length === 0 ? sums.get(profile, hour) : undefined;
    if (this.#isInSpan(known)) return known;
    const parts = hours.partsAround(profile, hour);
    const packed = parts.reduce((sum, { readings }) => sum + readings, sealed.count(profile, hour));
    const isLarge = packed + fresh.length / FRESH_COLUMNS > sealedHourReadingsMax;
    const [start, end] = [Math.max(from, hour * HOUR_MS), Math.min(to, (hour + 1) * HOUR_MS - 1)];
    const collector = isLarge ? new HourGrid(hour) : new HourList();
    const add: Visit = (source, measuredAt, arrivedAt, bpm) => {
      const at = effectiveTime({ measuredAt, arrivedAt });
      if (at >= start && at <= end) collector.add(at, bpm, source, measuredAt);
    };
    for (const { source, measuredAt, arrivedAt, bpm } of sealed.read(profile, hour)) {
      add(source, measuredAt, arrivedAt, bpm);
    }
    for (const part of parts) {
      if (isLarge) yield;
      hours.visit(profile, part, add);
    }
    for (let column = 0; column < fresh.length; column += FRESH_COLUMNS) {
      const [source = 0, measuredAt = 0, arrivedAt = 0, bpm = 0] = fresh.slice(
        column,
        column + FRESH_COLUMNS,
      );
      add(source, measuredAt, arrivedAt, bpm);
    }
    const sum = collector.aggregate;
    const isWhole = fresh.length === 0 && from <= hour * HOUR_MS && to >= (hour + 1) * HOUR_MS - 1;
    if (sum !== undefined && isWhole && !this.#watch.isChanged) sums.keep(profile, sum);
    return sum;
  }

  #takeFresh(): void {
    const { profile, from, to } = this.#question;
    const found = new Map<number, number[]>();
    for (const generation of this.#places.fresh()) {
      generation.visit(profile, (source, measuredAt, arrivedAt, bpm) => {
        const at = effectiveTime({ measuredAt, arrivedAt });
        if (at < from || at > to) return;
        const hour = hourOf(at);
        const columns = found.get(hour) ?? [];
        if (columns.length === 0) found.set(hour, columns);
        columns.push(source, measuredAt, arrivedAt, bpm);
      });
    }
    this.#fresh = found;
    this.#watch.isChanged = false;
  }

  #isInSpan(sum: HourAggregate | undefined): sum is HourAggregate {
    const { from, to } = this.#question;
    return sum !== undefined && sum.firstAt >= from && sum.lastAt <= to;
  }
}
