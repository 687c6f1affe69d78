import { effectiveTime, type Reading } from "../domain/reading.ts";
import type { Bus } from "../live/bus.ts";
import type { Appended, ReadingStore } from "../storage/readingStore.ts";

/** What went through the one write path since the start. */
export interface IngestCounts {
  readonly stored: number;
  readonly repeated: number;
  readonly refused: number;
}

/**
 * The one write path: append (durable), publish, answer. Every door ends here, so that whatever is stored is heard
 * and whatever is heard is stored.
 */
export class Ingest {
  readonly #store: ReadingStore;
  readonly #bus: Bus;
  #stored = 0;
  #repeated = 0;
  #refused = 0;

  constructor(store: ReadingStore, bus: Bus) {
    this.#store = store;
    this.#bus = bus;
  }

  get counts(): IngestCounts {
    return { stored: this.#stored, repeated: this.#repeated, refused: this.#refused };
  }

  /**
   * Stores readings that a person's own device wrote and streams the new ones.
   *
   * The store answers its appends in commit order, and nothing is awaited between that answer and the publishing:
   * so readings are heard in the order in which they were committed.
   *
   * @throws StoreUnavailable when nothing was stored
   */
  async submit(readings: readonly Reading[]): Promise<readonly Appended[]> {
    let appended: readonly Appended[];
    try {
      appended = await this.#store.append(readings);
    } catch (error) {
      this.#refused += readings.length;
      throw error;
    }
    for (let place = 0; place < readings.length; place++) {
      this.#publish(readings[place] as Reading, appended[place] as Appended);
    }
    return appended;
  }

  #publish(reading: Reading, { isNew, sequence }: Appended): void {
    if (!isNew) {
      this.#repeated++;
      return;
    }
    this.#stored++;
    const { profile, bpm } = reading;
    this.#bus.publish({ profile, effectiveAt: effectiveTime(reading), bpm, sequence });
  }
}
