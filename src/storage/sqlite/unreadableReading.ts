import { StoreUnavailable } from "../readingStore.ts";

/** A batch was not stored because of one of its readings: what lies where it would lie cannot be read. */
export class UnreadableReading extends StoreUnavailable {
  /** The place of the reading in the batch, from 0. */
  readonly place: number;

  constructor(place: number, cause: StoreUnavailable) {
    super(cause.message, { cause });
    this.place = place;
  }
}
