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
}

/** Hours of a profile fit below this: a claimed time is below 1e14 ms. */
const HOURS_MAX = 2 ** 25;

/**
 * Seals hours: moves what lies in parts into one row with aggregates, once the hour is over and nothing touched it for a
 * while. A step seals one hour of claimed time in a transaction of its own, which deletes the parts as well: a crash at
 * any point loses and doubles nothing.
 */
export class Sealer {
  readonly #parts: SealerParts;
  /** When each hour that has parts was touched last, by profile and hour. */
  readonly #touchedAt = new Map<number, number>();
  #ready: number[] = [];

  constructor(parts: SealerParts) {
    this.#parts = parts;
    for (const { profile, hour, touchedAt } of parts.hours.openHours()) this.touch(profile, hour, touchedAt);
  }

  /** Hours that have parts. */
  get openHours(): number {
    return this.#touchedAt.size;
  }

  /** Hours that were found due and are not sealed yet. */
  get dueHours(): number {
    return this.#ready.length;
  }

  /** A part was added to an hour. */
  touch(profile: number, hour: number, at: number): void {
    this.#touchedAt.set(profile * HOURS_MAX + hour, at);
  }

  /**
   * Seals one hour, if one is due.
   *
   * @returns false when none is
   * @throws what SQLite throws; nothing of this step has happened then, and it can be tried again
   */
  step(): boolean {
    const key = this.#next();
    if (key === undefined) return false;
    try {
      this.#seal(Math.floor(key / HOURS_MAX), key % HOURS_MAX);
    } catch (error) {
      this.#ready.push(key);
      this.#parts.sealed.clear();
      throw error;
    }
    this.#touchedAt.delete(key);
    return true;
  }

  #next(): number | undefined {
    if (this.#ready.length === 0) {
      this.#ready = [...this.#touchedAt.keys()].filter((key) => this.#isDue(key)).sort((a, b) => b - a);
    }
    // One that was due may have been touched since.
    for (let key = this.#ready.pop(); key !== undefined; key = this.#ready.pop()) {
      if (this.#isDue(key)) return key;
    }
    return undefined;
  }

  /** An hour that is still ahead is only so by a wrong clock: its readings have arrived already. */
  #isDue(key: number): boolean {
    const touchedAt = this.#touchedAt.get(key);
    const now = this.#parts.clock();
    return (
      touchedAt !== undefined && touchedAt + this.#parts.quietMs <= now && key % HOURS_MAX !== hourOf(now)
    );
  }

  #seal(profile: number, hour: number): void {
    const { database, hours, sealed } = this.#parts;
    database
      .transaction(() => {
        const readings = hours.read(profile, hour);
        for (const [effectiveHour, own] of Map.groupBy(readings, effectiveHourOf)) {
          sealed.write(profile, effectiveHour, [...sealed.read(profile, effectiveHour), ...own]);
        }
        hours.delete(profile, hour, readings.length);
      })
      .immediate();
  }
}

export function effectiveHourOf(reading: SourcedReading): number {
  return hourOf(effectiveTime(reading));
}
