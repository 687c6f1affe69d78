import type { Database } from "bun:sqlite";
import { hourOf } from "../../domain/hour.ts";
import { effectiveTime } from "../../domain/reading.ts";
import type { PackedHours, SourcedReading } from "./packedHours.ts";
import type { SealedHours } from "./sealedHours.ts";

/** What the sealer needs of the engine that owns it. */
export interface SealerParts {
  readonly database: Database;
  readonly hours: PackedHours;
  readonly sealed: SealedHours;
  readonly clock: () => number;
  /** How long nothing may have touched an hour before it is sealed. */
  readonly quietMs: number;
  /** An hour with more readings than this stays in parts: sealing it would hold up the writes, and fill the memory. */
  readonly sealedHourReadingsMax: number;
  /** A step ends after the hour during which this time was over: with 0, after one hour. */
  readonly stepMs: number;
}

/** Hours of a profile fit below this: a claimed time is below 1e14 ms. */
const HOURS_MAX = 2 ** 25;

/** One look finds so many due hours and leaves the rest for the next one: it must not hold up the writes. */
const FOUND_HOURS_MAX = 10_000;

/**
 * Seals hours: moves what lies in parts into one row with aggregates, once the hour is over and nothing touched it for a
 * while. A step seals some hours of claimed time in one transaction, which deletes the parts as well: a crash at
 * any point loses and doubles nothing.
 */
export class Sealer {
  readonly #parts: SealerParts;
  /** When each hour that has parts was touched last, by profile and hour: the one that was touched last is the last. */
  readonly #touchedAt = new Map<number, number>();
  /** Hours that were found due, the next one last. */
  #ready: number[] = [];
  #isBehind = false;
  #errors = 0;

  constructor(parts: SealerParts) {
    this.#parts = parts;
    for (const { profile, hour, touchedAt } of parts.hours.openHours()) this.touch(profile, hour, touchedAt);
  }

  /** Hours that have parts and wait to be sealed. */
  get openHours(): number {
    return this.#touchedAt.size;
  }

  /** Whether the last look found as many due hours as one may find, so that there are more. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** How often an hour could not be sealed. */
  get errors(): number {
    return this.#errors;
  }

  /** A part was added to an hour. */
  touch(profile: number, hour: number, at: number): void {
    const key = profile * HOURS_MAX + hour;
    this.#touchedAt.delete(key);
    this.#touchedAt.set(key, at);
  }

  /** Nothing of a profile is there to be sealed any more. */
  forget(profile: number): void {
    for (const key of this.#touchedAt.keys()) {
      if (Math.floor(key / HOURS_MAX) === profile) this.#touchedAt.delete(key);
    }
  }

  /**
   * Seals some hours, if any are due.
   *
   * @returns false when none is
   * @throws what SQLite or a damaged part throws; nothing of this step has happened then, and it can be tried again. The
   *   hour at which it failed waits as if it had been touched, so that one damaged hour does not hold up all others
   */
  step(): boolean {
    if (this.#ready.length === 0) this.#look();
    const first = this.#next();
    if (first === undefined) return false;
    const done: number[] = [];
    let current = first;
    try {
      this.#parts.database
        .transaction(() => {
          const startedAt = performance.now();
          for (let key: number | undefined = first; key !== undefined; key = this.#next()) {
            current = key;
            this.#seal(Math.floor(key / HOURS_MAX), key % HOURS_MAX);
            done.push(key);
            if (performance.now() - startedAt >= this.#parts.stepMs) break;
          }
        })
        .immediate();
    } catch (error) {
      // The others of this step are found again: they have parts as before.
      this.#errors++;
      this.touch(Math.floor(current / HOURS_MAX), current % HOURS_MAX, this.#parts.clock());
      throw error;
    }
    for (const key of done) this.#touchedAt.delete(key);
    return true;
  }

  #look(): void {
    const now = this.#parts.clock();
    const found: number[] = [];
    for (const [key, touchedAt] of this.#touchedAt) {
      // All that follow were touched later still.
      if (!this.#isQuiet(touchedAt, now) || found.length === FOUND_HOURS_MAX) break;
      if (this.#isDue(key, now)) found.push(key);
    }
    this.#isBehind = found.length === FOUND_HOURS_MAX;
    // Taken from the end: in the order of their profile, in which a step's rows are neighbours on few pages.
    this.#ready = found.sort((a, b) => b - a);
  }

  /** One that was found due may have been touched since. */
  #next(): number | undefined {
    const now = this.#parts.clock();
    for (let key = this.#ready.pop(); key !== undefined; key = this.#ready.pop()) {
      if (this.#isDue(key, now)) return key;
    }
    return undefined;
  }

  /** An hour that is still ahead is only so by a wrong clock: its readings have arrived already. */
  #isDue(key: number, now: number): boolean {
    const touchedAt = this.#touchedAt.get(key);
    return touchedAt !== undefined && this.#isQuiet(touchedAt, now) && key % HOURS_MAX !== hourOf(now);
  }

  /** What was touched in the future was touched before the clock was set back: nobody knows when. */
  #isQuiet(touchedAt: number, now: number): boolean {
    return touchedAt + this.#parts.quietMs <= now || touchedAt > now;
  }

  #seal(profile: number, hour: number): void {
    const { hours, sealed, sealedHourReadingsMax } = this.#parts;
    if (hours.count(profile, hour) > sealedHourReadingsMax) return;
    const readings = hours.read(profile, hour);
    const byHour = [...Map.groupBy(readings, effectiveHourOf)];
    const isTooLarge = byHour.some(
      ([effectiveHour, own]) => sealed.count(profile, effectiveHour) + own.length > sealedHourReadingsMax,
    );
    if (isTooLarge) return;
    for (const [effectiveHour, own] of byHour) {
      sealed.write(profile, effectiveHour, [...sealed.read(profile, effectiveHour), ...own]);
    }
    hours.delete(profile, hour, readings.length);
  }
}

export function effectiveHourOf(reading: SourcedReading): number {
  return hourOf(effectiveTime(reading));
}
