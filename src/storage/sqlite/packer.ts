import type { Database } from "bun:sqlite";
import type { FreshIndex } from "./freshIndex.ts";
import { type Packed, type PackingPlaces, packEntries } from "./packing.ts";

/** How long one step may hold up the writes behind it, unless the engine was told another time. */
export const PACKING_STEP_MS = 2;

/** What the packer needs of the engine that owns it. */
export interface PackerParts extends PackingPlaces {
  readonly database: Database;
  /** A step ends after the profile during which this time was over: with 0, after one profile. */
  readonly stepMs: number;
  /** Told of what a step packed, once that is durable. */
  readonly packed: (packed: Packed) => void;
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

  constructor(parts: PackerParts, generation: FreshIndex) {
    this.generation = generation;
    this.#parts = parts;
    this.#lastSequence = generation.lastSequence;
    // Taken from the end: in the order of their number, in which a step's rows are neighbours on few pages.
    this.#pending = [...generation.profiles()].sort((a, b) => b - a);
    this.#unpacked = generation.living;
    this.#raiseLastSequence = parts.database.prepare<null, [number]>(
      "UPDATE store SET value = max(value, ?) WHERE name = 'last_sequence'",
    );
  }

  /** Readings of this generation that are not packed yet. */
  get unpackedReadings(): number {
    return this.#unpacked;
  }

  /** A profile's readings were packed by somebody else. */
  forget(readings: number): void {
    this.#unpacked -= readings;
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
    const done: Packed[] = [];
    this.#parts.database
      .transaction(() => {
        for (let left = this.#pending.length - 1; left >= 0; left--) {
          const profile = this.#pending[left] as number;
          const entries = this.generation.entriesOf(profile);
          done.push(packEntries(this.#parts, profile, entries, this.#lastSequence));
          if (performance.now() - startedAt >= this.#parts.stepMs) break;
        }
      })
      .immediate();
    for (const packed of done) {
      this.#pending.pop();
      this.#unpacked -= packed.readings;
      this.generation.release(packed.profile);
      this.#parts.packed(packed);
    }
    return false;
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
