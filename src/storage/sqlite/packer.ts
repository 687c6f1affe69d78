import type { Database } from "bun:sqlite";
import type { Arrivals } from "./arrivals.ts";
import type { FreshEntry, FreshIndex } from "./freshIndex.ts";
import { hourOf, type PackedReading } from "./packedHour.ts";
import type { PackedHours } from "./packedHours.ts";
import type { ProfileStates } from "./profileStates.ts";

/** How long one step may hold up the writes behind it, unless the engine was told another time. */
export const PACKING_STEP_MS = 2;

/** What the packer needs of the engine that owns it. */
export interface PackerParts {
  readonly database: Database;
  readonly arrivals: Arrivals;
  readonly hours: PackedHours;
  readonly states: ProfileStates;
  /** A step ends after the profile during which this time was over: with 0, after one profile. */
  readonly stepMs: number;
}

/**
 * Moves one generation of fresh readings into packed hours, in small steps between the writes.
 *
 * A step packs some profiles and notes in the same transaction up to which sequence number each is packed; what
 * arrived up to there no longer counts. When every profile is packed the arrivals are deleted. A crash at any point loses and
 * doubles nothing: what was noted is packed, what was not is still an arrival.
 */
export class Packer {
  readonly generation: FreshIndex;
  readonly #parts: PackerParts;
  readonly #lastSequence: number;
  readonly #pending: number[];
  #unpacked: number;
  readonly #raiseLastSequence;
  readonly #countPacked;

  constructor(parts: PackerParts, generation: FreshIndex) {
    this.generation = generation;
    this.#parts = parts;
    this.#lastSequence = generation.lastSequence;
    // Taken from the end: in the order of their number, in which a step's rows are neighbours on few pages.
    this.#pending = [...generation.profiles()].sort((a, b) => b - a);
    this.#unpacked = generation.size;
    const { database } = parts;
    this.#raiseLastSequence = database.prepare<null, [number]>(
      "UPDATE store SET value = max(value, ?) WHERE name = 'last_sequence'",
    );
    this.#countPacked = database.prepare<null, [number]>(
      "UPDATE store SET value = value + ? WHERE name = 'packed_readings'",
    );
  }

  /** Readings of this generation that are not packed yet. */
  get unpackedReadings(): number {
    return this.#unpacked;
  }

  /**
   * Does a little of the work in a transaction of its own.
   *
   * @returns true when all of it is done
   * @throws what SQLite throws; nothing of this step has happened then, and it can be tried again
   */
  step(): boolean {
    return this.#pending.length > 0 ? this.#packSome() : this.#deleteSome();
  }

  #packSome(): boolean {
    const startedAt = performance.now();
    const packed: [profile: number, until: number][] = [];
    let readings = 0;
    this.#parts.database
      .transaction(() => {
        for (let left = this.#pending.length - 1; left >= 0; left--) {
          const profile = this.#pending[left] as number;
          const entries = this.generation.entriesOf(profile);
          packed.push([profile, this.#pack(profile, entries)]);
          readings += entries.length;
          if (performance.now() - startedAt >= this.#parts.stepMs) break;
        }
        this.#countPacked.run(readings);
      })
      .immediate();
    this.#unpacked -= readings;
    for (const [profile, until] of packed) {
      this.#pending.pop();
      this.generation.release(profile);
      const state = this.#parts.states.get(profile);
      state.packedUntil = Math.max(state.packedUntil, until);
    }
    return false;
  }

  /** @returns the newest claimed time among the entries */
  #pack(profile: number, entries: readonly FreshEntry[]): number {
    const sorted = entries.toSorted((a, b) => a.source - b.source || a.measuredAt - b.measuredAt);
    let until = 0;
    for (let from = 0, to = 0; from < sorted.length; from = to) {
      const { source, measuredAt } = sorted[from] as FreshEntry;
      const hour = hourOf(measuredAt);
      while (isIn(hour, source, sorted[to])) to++;
      const readings = sorted.slice(from, to).map((entry) => this.#withIntervals(entry));
      this.#parts.hours.add(profile, hour, source, this.#lastSequence, readings);
      until = Math.max(until, readings.at(-1)?.measuredAt ?? 0);
    }
    this.#parts.states.savePacked(profile, this.#lastSequence, until);
    return until;
  }

  #withIntervals(entry: FreshEntry): PackedReading {
    if (!entry.hasIntervals) return entry;
    const rrIntervalsMs = this.#parts.arrivals.intervalsOf(entry.sequence);
    return rrIntervalsMs === undefined ? entry : { ...entry, rrIntervalsMs };
  }

  #deleteSome(): boolean {
    return this.#parts.database
      .transaction(() => {
        // Once its arrivals are gone, the file must still know where the sequence went on.
        this.#raiseLastSequence.run(this.#lastSequence);
        return this.#parts.arrivals.deleteSome(this.#lastSequence);
      })
      .immediate();
  }
}

function isIn(hour: number, source: number, entry: FreshEntry | undefined): boolean {
  return entry !== undefined && entry.source === source && hourOf(entry.measuredAt) === hour;
}
