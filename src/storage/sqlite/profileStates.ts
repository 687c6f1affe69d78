import type { Database } from "bun:sqlite";
import { type EpochMs, effectiveTime } from "../../domain/reading.ts";
import type { FreshEntry, FreshIndex } from "./freshIndex.ts";

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

/** Profiles whose state is kept in memory; the rest is read again from the file when it is needed. */
const STATES_MAX = 100_000;

export class ProfileStates {
  readonly #states = new Map<number, ProfileState>();
  readonly #generations: () => readonly FreshIndex[];
  readonly #select;
  readonly #upsert;

  /** @param generations the fresh readings, oldest generation first */
  constructor(database: Database, generations: () => readonly FreshIndex[]) {
    this.#generations = generations;
    this.#select = database.prepare<ProfileRow, [number]>("SELECT * FROM profile WHERE profile = ?");
    this.#upsert = database.prepare<null, [number, number, number, number, number, number, number]>(
      "INSERT OR REPLACE INTO profile VALUES (?, ?, ?, ?, ?, ?, ?)",
    );
  }

  get(profile: number): ProfileState {
    return this.#states.get(profile) ?? this.#load(profile);
  }

  /** Forgets what is in memory: a failed transaction may have shown it readings that are not there. */
  clear(): void {
    this.#states.clear();
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

  #load(profile: number): ProfileState {
    const row = this.#select.get(profile);
    const state: ProfileState = {
      packedUntil: row?.packed_until ?? -1,
      newestMeasuredAt: row?.packed_until ?? -1,
      hasLatest: row !== null,
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
export function takeLatest(
  state: ProfileState,
  reading: Pick<FreshEntry, "source" | "measuredAt" | "arrivedAt" | "bpm">,
): void {
  if (state.hasLatest && effectiveTime(reading) < latestEffectiveTime(state)) return;
  state.hasLatest = true;
  state.latestSource = reading.source;
  state.latestMeasuredAt = reading.measuredAt;
  state.latestArrivedAt = reading.arrivedAt;
  state.latestBpm = reading.bpm;
}

function latestEffectiveTime(state: ProfileState): EpochMs {
  return Math.min(state.latestMeasuredAt, state.latestArrivedAt) as EpochMs;
}

interface ProfileRow {
  readonly packed_until: number;
  readonly latest_source: number;
  readonly latest_measured_at: number;
  readonly latest_arrived_at: number;
  readonly latest_bpm: number;
}
