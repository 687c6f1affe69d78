import type { Database } from "bun:sqlite";
import { Arrivals } from "./arrivals.ts";
import type { FreshIndex } from "./freshIndex.ts";
import { PackedHours } from "./packedHours.ts";
import { ProfileStates } from "./profileStates.ts";
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

/** @param fresh the fresh readings, oldest generation first */
export function openPlaces(database: Database, fresh: () => readonly FreshIndex[]): Places {
  const arrivals = new Arrivals(database);
  const hours = new PackedHours(database);
  const sealed = new SealedHours(database);
  const states = new ProfileStates(database, fresh);
  const stored = new StoredReadings({ arrivals, hours, sealed, fresh });
  return { arrivals, hours, sealed, states, stored };
}
