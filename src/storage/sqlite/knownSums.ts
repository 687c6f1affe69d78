import type { HourAggregate } from "../../domain/statistics.ts";

/** Sums that are kept: a few MB. An hour more, and the oldest of them is reckoned anew when it is asked for. */
const KEPT_SUMS_MAX = 20_000;

/** Somebody who reckons with a profile's hours in steps. */
export interface Watch {
  readonly profile: number;
  /** Whether anything of the profile was moved or changed since this was false. */
  isChanged: boolean;
}

/**
 * What the packed readings of hours come to that lie in parts, all or some of them: those that wait to be sealed, and those
 * with too many readings for it. Kept in memory, so that no question costs a write.
 */
export class KnownSums {
  readonly #sums = new Map<string, HourAggregate>();
  readonly #watches = new Set<Watch>();

  get(profile: number, hour: number): HourAggregate | undefined {
    return this.#sums.get(keyOf(profile, hour));
  }

  keep(profile: number, sum: HourAggregate): void {
    if (this.#sums.size >= KEPT_SUMS_MAX) this.#sums.delete(this.#sums.keys().next().value as string);
    this.#sums.set(keyOf(profile, sum.hour), sum);
  }

  /** Packed readings with effective times in this hour came, went or were changed. */
  changed(profile: number, hour: number): void {
    this.#sums.delete(keyOf(profile, hour));
    for (const watch of this.#watches) if (watch.profile === profile) watch.isChanged = true;
  }

  /** All of a profile's readings go. */
  forget(profile: number): void {
    for (const key of this.#sums.keys()) if (key.startsWith(`${profile} `)) this.#sums.delete(key);
    for (const watch of this.#watches) if (watch.profile === profile) watch.isChanged = true;
  }

  watch(watch: Watch): void {
    this.#watches.add(watch);
  }

  unwatch(watch: Watch): void {
    this.#watches.delete(watch);
  }
}

function keyOf(profile: number, hour: number): string {
  return `${profile} ${hour}`;
}
