import type { Database } from "bun:sqlite";
import { effectiveTime } from "../../domain/reading.ts";
import { COLUMNS, type FreshIndex } from "./freshIndex.ts";

/** What the engine must know of a profile at every append and every question for its latest reading. */
export interface ProfileState {
  /** No claimed time after this one is packed. -1 when nothing is. */
  packedUntil: number;
  /** The newest claimed time of all, packed or not. Mostly a reading is newer, and then it cannot be there already. */
  newestMeasuredAt: number;
  /** False until the profile has a reading; the four fields after it mean nothing then. */
  hasLatest: boolean;
  latestSource: number;
  latestMeasuredAt: number;
  latestArrivedAt: number;
  latestBpm: number;
}

/** What a profile's state knows of its latest reading. */
export interface LatestReading {
  readonly source: number;
  readonly measuredAt: number;
  readonly arrivedAt: number;
  readonly bpm: number;
}

/** Stands in the file for no latest reading: all of them were deleted. No reading has this heart rate. */
const NO_READING_BPM = 0;

/** Profiles whose state is kept in memory; the rest is read again from the file when it is needed. */
const STATES_MAX = 100_000;

export class ProfileStates {
  readonly #states = new Map<number, ProfileState>();
  readonly #generations: () => readonly FreshIndex[];
  readonly #select;
  readonly #upsert;
  readonly #updateLatest;

  /** @param generations the fresh readings, oldest generation first */
  constructor(database: Database, generations: () => readonly FreshIndex[]) {
    this.#generations = generations;
    this.#select = database.prepare<ProfileRow, [number]>("SELECT * FROM profile WHERE profile = ?");
    this.#upsert = database.prepare<null, [number, number, number, number, number, number, number]>(
      // What was packed stays so: a deletion packs a profile ahead of its generation.
      `INSERT INTO profile VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
         packed_sequence = max(packed_sequence, excluded.packed_sequence),
         packed_until = max(packed_until, excluded.packed_until),
         latest_source = excluded.latest_source, latest_measured_at = excluded.latest_measured_at,
         latest_arrived_at = excluded.latest_arrived_at, latest_bpm = excluded.latest_bpm`,
    );
    this.#updateLatest = database.prepare<null, [number, number, number, number, number]>(
      `UPDATE profile SET latest_source = ?, latest_measured_at = ?, latest_arrived_at = ?, latest_bpm = ?
       WHERE profile = ?`,
    );
  }

  get(profile: number): ProfileState {
    return this.#states.get(profile) ?? this.#load(profile);
  }

  latest(profile: number): LatestReading | undefined {
    const state = this.get(profile);
    if (!state.hasLatest) return undefined;
    return {
      source: state.latestSource,
      measuredAt: state.latestMeasuredAt,
      arrivedAt: state.latestArrivedAt,
      bpm: state.latestBpm,
    };
  }

  /** Forgets the profiles of a batch: its transaction failed, and may have shown them readings that are not there. */
  forgetAll(batch: Float64Array): void {
    for (let column = 0; column < batch.length; column += COLUMNS) this.forget(batch[column] as number);
  }

  /** Records that a profile's readings up to a sequence number and a claimed time are packed. */
  savePacked(profile: number, packedSequence: number, packedUntil: number): void {
    const state = this.get(profile);
    this.#upsert.run(
      profile,
      packedSequence,
      Math.max(state.packedUntil, packedUntil),
      state.latestSource,
      state.latestMeasuredAt,
      state.latestArrivedAt,
      state.latestBpm,
    );
  }

  /**
   * Records which packed reading is the latest of a profile whose readings are all packed.
   *
   * @param latest undefined when it has none any more
   */
  saveLatest(profile: number, latest: LatestReading | undefined): void {
    this.#updateLatest.run(
      latest?.source ?? 0,
      latest?.measuredAt ?? 0,
      latest?.arrivedAt ?? 0,
      latest?.bpm ?? NO_READING_BPM,
      profile,
    );
  }

  /** Forgets one profile: what the file says of it has changed. */
  forget(profile: number): void {
    this.#states.delete(profile);
  }

  #load(profile: number): ProfileState {
    const row = this.#select.get(profile);
    const state: ProfileState = {
      packedUntil: row?.packed_until ?? -1,
      newestMeasuredAt: row?.packed_until ?? -1,
      hasLatest: row !== null && row.latest_bpm !== NO_READING_BPM,
      latestSource: row?.latest_source ?? 0,
      latestMeasuredAt: row?.latest_measured_at ?? 0,
      latestArrivedAt: row?.latest_arrived_at ?? 0,
      latestBpm: row?.latest_bpm ?? 0,
    };
    for (const generation of this.#generations()) {
      for (const entry of generation.entriesOf(profile).reverse()) {
        state.newestMeasuredAt = Math.max(state.newestMeasuredAt, entry.measuredAt);
        takeLatest(state, entry);
      }
    }
    if (this.#states.size >= STATES_MAX) this.#states.delete(this.#states.keys().next().value as number);
    this.#states.set(profile, state);
    return state;
  }
}

/** Makes a reading the latest one unless the one before it has a newer effective time. */
function takeLatest(state: ProfileState, reading: LatestReading): void {
  if (state.hasLatest && effectiveTime(reading) < latestEffectiveTime(state)) return;
  state.hasLatest = true;
  state.latestSource = reading.source;
  state.latestMeasuredAt = reading.measuredAt;
  state.latestArrivedAt = reading.arrivedAt;
  state.latestBpm = reading.bpm;
}

/**
 * Notes the new readings of a batch.
 *
 * @param sequences the sequence number of each, 0 for one that was there already
 */
export function takeLatests(states: ProfileStates, batch: Float64Array, sequences: Float64Array): void {
  for (let place = 0, column = 0; place < sequences.length; place++, column += COLUMNS) {
    if (sequences[place] === 0) continue;
    takeLatest(states.get(batch[column] as number), {
      source: batch[column + 1] as number,
      measuredAt: batch[column + 2] as number,
      arrivedAt: batch[column + 3] as number,
      bpm: batch[column + 4] as number,
    });
  }
}

function latestEffectiveTime(state: ProfileState): number {
  return Math.min(state.latestMeasuredAt, state.latestArrivedAt);
}

interface ProfileRow {
  readonly packed_until: number;
  readonly latest_source: number;
  readonly latest_measured_at: number;
  readonly latest_arrived_at: number;
  readonly latest_bpm: number;
}
