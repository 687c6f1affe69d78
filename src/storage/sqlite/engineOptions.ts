import type { DatabaseOptions } from "./database.ts";

export interface ReadingEngineOptions extends DatabaseOptions {
  readonly file: string;
  /** Fresh readings that start a packing; twice as many is the most that memory ever holds. */
  readonly freshReadingsMax: number;
  /** How long one step of packing or sealing may take; {@link PACKING_STEP_MS} of packer.ts when absent. */
  readonly packingStepMs?: number;
  /** Fresh readings older than this start a packing too. */
  readonly freshAgeMsMax: number;
  /** How long nothing may have touched an hour that is over before it is sealed. */
  readonly quietMs: number;
  /** An hour of a profile with more readings than this is not sealed. */
  readonly sealedHourReadingsMax: number;
  /** Tells the time in Unix ms; `Date.now` when absent. */
  readonly clock?: () => number;
}
