import type { EpochMs } from "../../domain/reading.ts";
import { type HashKey, hashOf } from "./identityHash.ts";

/** One reading in numbers: profile, source, claimed time, arrival, heart rate. */
export const COLUMNS = 5;

const EMPTY = -1;

/** Stands for the profile of an entry that was forgotten: it keeps its slot, and no identity is found there. */
const NOBODY = 0xffff_ffff;
const SMALLEST_CAPACITY = 1024;

/**
 * The readings that lie in arrival order on disk, found by profile and by identity in memory.
 *
 * An index in the file would dirty a page a reading; this one costs about 45 bytes a reading and nothing on disk.
 * It is rebuilt from the file at start. Entries are numbered from 0 in the order in which they were added.
 */
export class FreshIndex {
  readonly #key: HashKey;
  #capacity: number;
  #profiles: Uint32Array;
  #sources: Uint32Array;
  #measuredAt: Float64Array;
  #arrivedAt: Float64Array;
  #bpm: Uint16Array;
  #hasIntervals: Uint8Array;
  #sequences: Float64Array;
  /** The entry before this one of the same profile, so that a profile's entries form a chain. */
  #previous: Int32Array;
  /** Open addressing by identity: a slot holds an entry or EMPTY; at most half of the slots are used. */
  #slots: Int32Array;
  readonly #newest = new Map<number, number>();

  size = 0;
  #dead = 0;

  /**
   * @param key kept from those who send
   * @param expected entries that there is room for from the start; more make it grow
   */
  constructor(key: HashKey, expected = 0) {
    this.#key = key;
    const capacity = Math.max(SMALLEST_CAPACITY, 2 ** Math.ceil(Math.log2(expected)));
    this.#capacity = capacity;
    this.#profiles = new Uint32Array(capacity);
    this.#sources = new Uint32Array(capacity);
    this.#measuredAt = new Float64Array(capacity);
    this.#arrivedAt = new Float64Array(capacity);
    this.#bpm = new Uint16Array(capacity);
    this.#hasIntervals = new Uint8Array(capacity);
    this.#sequences = new Float64Array(capacity);
    this.#previous = new Int32Array(capacity);
    this.#slots = new Int32Array(capacity * 2).fill(EMPTY);
  }

  get lastSequence(): number {
    return this.size === 0 ? 0 : (this.#sequences[this.size - 1] as number);
  }

  has(profile: number, source: number, measuredAt: number): boolean {
    return this.#slots[this.#slotOf(profile, source, measuredAt)] !== EMPTY;
  }

  /** Adds a reading that {@link has} does not find. */
  add(
    sequence: number,
    profile: number,
    source: number,
    measuredAt: number,
    arrivedAt: number,
    bpm: number,
    hasIntervals: boolean,
  ): void {
    if (this.size === this.#capacity) this.#grow();
    const entry = this.size++;
    this.#profiles[entry] = profile;
    this.#sources[entry] = source;
    this.#measuredAt[entry] = measuredAt;
    this.#arrivedAt[entry] = arrivedAt;
    this.#bpm[entry] = bpm;
    this.#hasIntervals[entry] = hasIntervals ? 1 : 0;
    this.#sequences[entry] = sequence;
    this.#previous[entry] = this.#newest.get(profile) ?? EMPTY;
    this.#newest.set(profile, entry);
    this.#slots[this.#slotOf(profile, source, measuredAt)] = entry;
  }

  /** Takes back the entries from `size` on, newest first: their transaction failed. */
  truncate(size: number): void {
    while (this.size > size) {
      const entry = this.size - 1;
      const profile = this.#profiles[entry] as number;
      // The newest entry is the last one in its run of slots, so that emptying its slot breaks no other run.
      this.#slots[this.#slotOf(profile, this.#sources[entry] as number, this.#measuredAt[entry] as number)] =
        EMPTY;
      const previous = this.#previous[entry] as number;
      if (previous === EMPTY) this.#newest.delete(profile);
      else this.#newest.set(profile, previous);
      this.size = entry;
    }
  }

  /** The profiles that have entries here. */
  profiles(): IterableIterator<number> {
    return this.#newest.keys();
  }

  /** A profile's entries, newest first. */
  entriesOf(profile: number): FreshEntry[] {
    const entries: FreshEntry[] = [];
    for (let entry = this.#newest.get(profile) ?? EMPTY; entry !== EMPTY; ) {
      entries.push({
        sequence: this.#sequences[entry] as number,
        source: this.#sources[entry] as number,
        measuredAt: this.#measuredAt[entry] as EpochMs,
        arrivedAt: this.#arrivedAt[entry] as EpochMs,
        bpm: this.#bpm[entry] as number,
        hasIntervals: this.#hasIntervals[entry] === 1,
      });
      entry = this.#previous[entry] as number;
    }
    return entries;
  }

  /** Tells each of a profile's readings, newest first. */
  visit(profile: number, visit: Visit): void {
    let entry = this.#newest.get(profile) ?? EMPTY;
    for (; entry !== EMPTY; entry = this.#previous[entry] as number) {
      visit(
        this.#sources[entry] as number,
        this.#measuredAt[entry] as number,
        this.#arrivedAt[entry] as number,
        this.#bpm[entry] as number,
      );
    }
  }

  /** Entries whose readings are still found here. */
  get living(): number {
    return this.size - this.#dead;
  }

  /** When the oldest reading arrived, in Unix ms; undefined without any. */
  get oldestArrival(): number | undefined {
    return this.size === 0 ? undefined : this.#arrivedAt[0];
  }

  /**
   * Forgets a profile's readings with their identities: they are elsewhere now, or nowhere.
   *
   * @returns how many of them were not packed yet
   */
  forget(profile: number): number {
    const unpacked = this.entriesOf(profile).length;
    this.#newest.delete(profile);
    for (let entry = 0; entry < this.size; entry++) {
      if (this.#profiles[entry] !== profile) continue;
      this.#profiles[entry] = NOBODY;
      this.#dead++;
    }
    return unpacked;
  }

  /** Forgets a profile's chain: its readings are packed. Their identities stay known. */
  release(profile: number): void {
    this.#newest.delete(profile);
  }

  #slotOf(profile: number, source: number, measuredAt: number): number {
    const mask = this.#slots.length - 1;
    let slot = hashOf(this.#key, profile, source, measuredAt) & mask;
    for (;;) {
      const entry = this.#slots[slot] as number;
      if (
        entry === EMPTY ||
        (this.#measuredAt[entry] === measuredAt &&
          this.#profiles[entry] === profile &&
          this.#sources[entry] === source)
      ) {
        return slot;
      }
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const capacity = this.#capacity * 2;
    this.#profiles = enlarged(this.#profiles, new Uint32Array(capacity));
    this.#sources = enlarged(this.#sources, new Uint32Array(capacity));
    this.#measuredAt = enlarged(this.#measuredAt, new Float64Array(capacity));
    this.#arrivedAt = enlarged(this.#arrivedAt, new Float64Array(capacity));
    this.#bpm = enlarged(this.#bpm, new Uint16Array(capacity));
    this.#hasIntervals = enlarged(this.#hasIntervals, new Uint8Array(capacity));
    this.#sequences = enlarged(this.#sequences, new Float64Array(capacity));
    this.#previous = enlarged(this.#previous, new Int32Array(capacity));
    this.#slots = new Int32Array(capacity * 2).fill(EMPTY);
    this.#capacity = capacity;
    for (let entry = 0; entry < this.size; entry++) {
      const slot = this.#slotOf(
        this.#profiles[entry] as number,
        this.#sources[entry] as number,
        this.#measuredAt[entry] as number,
      );
      this.#slots[slot] = entry;
    }
  }
}

/** Takes what counts of a reading, in numbers: a quarter of a million of them make no objects. */
export type Visit = (source: number, measuredAt: number, arrivedAt: number, bpm: number) => void;

/** A fresh reading as the index knows it; its RR intervals, if any, are on disk under its sequence number. */
export interface FreshEntry {
  readonly sequence: number;
  readonly source: number;
  readonly measuredAt: EpochMs;
  readonly arrivedAt: EpochMs;
  readonly bpm: number;
  readonly hasIntervals: boolean;
}

function enlarged<Column extends { set(values: Column): void }>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}
