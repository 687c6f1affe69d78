import { hourOf } from "../../domain/hour.ts";
import type { Arrivals } from "./arrivals.ts";
import type { FreshEntry } from "./freshIndex.ts";
import type { PackedReading } from "./packedHour.ts";
import type { PackedHours } from "./packedHours.ts";
import type { ProfileStates } from "./profileStates.ts";

/** A longer part would be unpacked in one go, by whoever asks for the statistics of its hour or sends a late reading into it. */
const PART_READINGS_MAX = 16_384;

/** Where fresh readings go when they are packed, and where it is noted. */
export interface PackingPlaces {
  readonly arrivals: Arrivals;
  readonly hours: PackedHours;
  readonly states: ProfileStates;
  readonly clock: () => number;
}

/** What was packed of one profile. */
export interface Packed {
  readonly profile: number;
  readonly readings: number;
  /** The newest claimed time among them; -1 without any. */
  readonly until: number;
  /** Hours of claimed time that got a part. */
  readonly hours: ReadonlySet<number>;
  readonly packedAt: number;
}

/**
 * Packs fresh readings of a profile into parts of hours, and notes that its arrivals up to a sequence number no longer
 * count. Called within a transaction.
 *
 * @param entries in any order
 * @param sequence up to which the profile's arrivals are packed then; names the parts too
 */
export function packEntries(
  { arrivals, hours, states, clock }: PackingPlaces,
  profile: number,
  entries: readonly FreshEntry[],
  sequence: number,
): Packed {
  const packedAt = clock();
  const sorted = entries.toSorted((a, b) => a.source - b.source || a.measuredAt - b.measuredAt);
  const touched = new Set<number>();
  let until = -1;
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    const { source, measuredAt } = sorted[from] as FreshEntry;
    const hour = hourOf(measuredAt);
    while (isIn(hour, source, sorted[to])) to++;
    // As many sequence numbers as readings lead to this one, so that no two parts of an hour have the same.
    for (let start = from, part = sequence; start < to; start += PART_READINGS_MAX, part--) {
      const own = sorted.slice(start, Math.min(start + PART_READINGS_MAX, to));
      const readings = own.map((entry) => withIntervals(arrivals, entry));
      hours.add({ profile, hour, source, part, packedAt, readings });
    }
    touched.add(hour);
    until = Math.max(until, sorted[to - 1]?.measuredAt ?? -1);
  }
  if (entries.length > 0) states.savePacked(profile, sequence, until);
  return { profile, readings: entries.length, until, hours: touched, packedAt };
}

function withIntervals(arrivals: Arrivals, entry: FreshEntry): PackedReading {
  if (!entry.hasIntervals) return entry;
  const rrIntervalsMs = arrivals.intervalsOf(entry.sequence);
  return rrIntervalsMs === undefined ? entry : { ...entry, rrIntervalsMs };
}

function isIn(hour: number, source: number, entry: FreshEntry | undefined): boolean {
  return entry !== undefined && entry.source === source && hourOf(entry.measuredAt) === hour;
}
