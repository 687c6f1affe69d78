import type { Database } from "bun:sqlite";

/**
 * In which sealed hours readings lie whose claimed time is in a later hour: one row for both hours, however many readings a
 * clock that is ahead sends.
 */
export class AheadHours {
  readonly #selectHours;
  readonly #selectClaimed;
  readonly #selectAll;
  readonly #insert;
  readonly #delete;

  constructor(database: Database) {
    this.#selectHours = database.prepare<{ hour: number }, [number, number, number]>(
      "SELECT DISTINCT hour FROM ahead WHERE profile = ? AND claimed_hour BETWEEN ? AND ? ORDER BY hour",
    );
    this.#selectClaimed = database.prepare<{ hour: number }, [number, number, number]>(
      "SELECT DISTINCT claimed_hour AS hour FROM ahead WHERE profile = ? AND claimed_hour BETWEEN ? AND ?",
    );
    this.#selectAll = database.prepare<{ hour: number }, [number]>(
      "SELECT DISTINCT hour FROM ahead WHERE profile = ?",
    );
    this.#insert = database.prepare<null, [number, number, number]>("INSERT INTO ahead VALUES (?, ?, ?)");
    this.#delete = database.prepare<null, [number, number]>(
      "DELETE FROM ahead WHERE profile = ? AND hour = ?",
    );
  }

  /** Sealed hours that hold readings whose claimed times are in these hours, but in a later one than they lie in. */
  hoursOf(profile: number, firstClaimed: number, lastClaimed: number): readonly number[] {
    return this.#selectHours.all(profile, firstClaimed, lastClaimed).map(({ hour }) => hour);
  }

  /** Those of these hours of claimed time of which readings lie in an earlier hour. */
  claimedHours(profile: number, first: number, last: number): readonly number[] {
    return this.#selectClaimed.all(profile, first, last).map(({ hour }) => hour);
  }

  /** Every sealed hour that holds readings with claimed times in a later one. */
  all(profile: number): readonly number[] {
    return this.#selectAll.all(profile).map(({ hour }) => hour);
  }

  /** Notes what an hour holds from now on. @param claimedHours of its readings, each once; its own does not count */
  write(profile: number, hour: number, claimedHours: Iterable<number>): void {
    this.#delete.run(profile, hour);
    for (const claimed of claimedHours) if (claimed !== hour) this.#insert.run(profile, hour, claimed);
  }
}
