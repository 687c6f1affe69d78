import type { Database } from "bun:sqlite";
import { Arrivals } from "./arrivals.ts";
import type { FreshIndex } from "./freshIndex.ts";
import { KnownSums } from "./knownSums.ts";
import { PackedHours } from "./packedHours.ts";
import { ProfileStates } from "./profileStates.ts";
import { RememberedTimes } from "./rememberedTimes.ts";
import { SealedHours } from "./sealedHours.ts";
import { StoredReadings } from "./storedReadings.ts";

/** Where readings are, and what is known of those whose they are. */
export interface Places {
  readonly arrivals: Arrivals;
  readonly hours: PackedHours;
  readonly sealed: SealedHours;
  readonly states: ProfileStates;
  readonly stored: StoredReadings;
}

/**
 * @param fresh the fresh readings, oldest generation first
 * @param sealedHourReadingsMax an hour of a profile with more readings than this is not sealed
 */
export function openPlaces(
  database: Database,
  fresh: () => readonly FreshIndex[],
  sealedHourReadingsMax: number,
): Places {
  const times = new RememberedTimes();
  const sums = new KnownSums();
  const arrivals = new Arrivals(database);
  const hours = new PackedHours(database, times, sums);
  const sealed = new SealedHours(database, times, sums);
  const states = new ProfileStates(database, fresh);
  const stored = new StoredReadings({ arrivals, hours, sealed, sums, fresh, sealedHourReadingsMax });
  return { arrivals, hours, sealed, states, stored };
}
