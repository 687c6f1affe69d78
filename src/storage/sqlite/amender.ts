import type { Database } from "bun:sqlite";
import { HOUR_MS, hourOf } from "../../domain/hour.ts";
import type { Correction } from "../readingStore.ts";
import type { FreshIndex } from "./freshIndex.ts";
import type { SourcedReading } from "./packedHours.ts";
import { type Packed, type PackingPlaces, packEntries } from "./packing.ts";
import type { SealedHours } from "./sealedHours.ts";
import type { StoredReadings } from "./storedReadings.ts";

/** What deleting and correcting needs of the engine. */
export interface AmenderParts extends PackingPlaces {
  readonly database: Database;
  readonly sealed: SealedHours;
  readonly stored: StoredReadings;
  /** The fresh readings, oldest generation first. */
  readonly fresh: () => readonly FreshIndex[];
}

/** What became of a change. */
export interface Amended {
  readonly changed: number;
  /** The profile's fresh readings, which were packed to be changed. */
  readonly packed: Packed;
}

/** Gives back a reading as it is, another one of the same identity, or undefined for none. */
export type Change = (reading: SourcedReading) => SourcedReading | undefined;

/** Takes every reading away. */
const REMOVING_ALL: Change = () => undefined;

/** Takes readings away: those of one source, or all. */
export function removing(source: number | undefined): Change {
  if (source === undefined) return REMOVING_ALL;
  return (reading) => (reading.source === source ? undefined : reading);
}

/** Gives readings what they should have been. */
export function correcting(corrections: readonly Correction[]): Change {
  const wanted = new Map(corrections.map((one) => [`${one.source} ${one.measuredAt}`, one]));
  return (reading) => {
    const correction = wanted.get(`${reading.source} ${reading.measuredAt}`);
    if (correction === undefined) return reading;
    const { rrIntervalsMs: _, ...kept } = reading;
    const { bpm, rrIntervalsMs } = correction;
    return rrIntervalsMs === undefined ? { ...kept, bpm } : { ...kept, bpm, rrIntervalsMs };
  };
}

/**
 * Changes what is stored of a profile, in one transaction: packs its fresh readings, which are found by nobody then, and
 * writes the hours anew in which something changes.
 */
export class Amender {
  readonly #parts: AmenderParts;

  constructor(parts: AmenderParts) {
    this.#parts = parts;
  }

  /**
   * @param from claimed time from which, and `to` until which, the change is asked for each reading
   * @param lastSequence the last sequence number that was given out
   */
  amend(profile: number, from: number, to: number, lastSequence: number, change: Change): Amended {
    const { database } = this.#parts;
    return database
      .transaction(() => {
        const packed = this.#packFresh(profile, lastSequence);
        const changed =
          this.#changeParts(profile, from, to, change) + this.#changeSealed(profile, from, to, change);
        if (changed > 0) this.#parts.states.saveLatest(profile, this.#parts.stored.latestPacked(profile));
        return { changed, packed };
      })
      .immediate();
  }

  #packFresh(profile: number, lastSequence: number): Packed {
    const entries = this.#parts.fresh().flatMap((generation) => generation.entriesOf(profile));
    return packEntries(this.#parts, profile, entries, lastSequence);
  }

  #changeParts(profile: number, from: number, to: number, change: Change): number {
    const { hours } = this.#parts;
    const within: Change = (reading) =>
      reading.measuredAt < from || reading.measuredAt > to ? reading : change(reading);
    let changed = 0;
    for (const hour of hours.hoursBetween(profile, hourOf(from), hourOf(to))) {
      changed += hours.change(profile, hour, within);
    }
    return changed;
  }

  #changeSealed(profile: number, from: number, to: number, change: Change): number {
    const { sealed } = this.#parts;
    const hours = new Set([
      ...sealed.hoursBetween(profile, hourOf(from), hourOf(to)),
      ...sealed.ahead.hoursOf(profile, hourOf(from), hourOf(to)),
    ]);
    const ahead = new Set(sealed.ahead.all(profile));
    const isWhole = (hour: number) =>
      from <= hour * HOUR_MS && (hour + 1) * HOUR_MS - 1 <= to && !ahead.has(hour);
    let changed = 0;
    for (const hour of hours) {
      if (change === REMOVING_ALL && isWhole(hour)) {
        // Years of readings are deleted in one step: nothing of them is unpacked without need.
        changed += sealed.count(profile, hour);
        sealed.write(profile, hour, []);
        continue;
      }
      const kept: SourcedReading[] = [];
      let changes = 0;
      for (const reading of sealed.read(profile, hour)) {
        const isAsked = reading.measuredAt >= from && reading.measuredAt <= to;
        const after = isAsked ? change(reading) : reading;
        if (after !== reading) changes++;
        if (after !== undefined) kept.push(after);
      }
      if (changes > 0) sealed.write(profile, hour, kept);
      changed += changes;
    }
    return changed;
  }
}
