import type { HourAggregate } from "../../domain/statistics.ts";
import type { Correction, StoredReading, StoreMeasures } from "../readingStore.ts";
import type { BatchIntervals } from "./arrivals.ts";
import type { ReadingEngineOptions } from "./engineOptions.ts";

/** A clock cannot be sent to another thread: the worker has the system's. */
export type ClocklessEngineOptions = Omit<ReadingEngineOptions, "clock">;

/** What the store says to its worker. The first message opens the file; `append` is answered in order. */
export type ToWorker =
  | { readonly kind: "open"; readonly options: ClocklessEngineOptions }
  | { readonly kind: "append"; readonly batch: Float64Array; readonly intervals?: BatchIntervals }
  | { readonly kind: "ask"; readonly id: number; readonly question: Question };

export type Question =
  | { readonly about: "latest"; readonly profile: number }
  | {
      readonly about: "read";
      readonly profile: number;
      readonly from: number;
      readonly to: number;
      readonly limit: number;
    }
  | {
      readonly about: "aggregate";
      readonly profile: number;
      readonly from: number;
      readonly to: number;
    }
  | {
      readonly about: "remove";
      readonly profile: number;
      readonly from: number;
      readonly to: number;
      readonly source: number | undefined;
    }
  | { readonly about: "erase"; readonly profile: number }
  | { readonly about: "correct"; readonly profile: number; readonly corrections: readonly Correction[] }
  | { readonly about: "probe" }
  | { readonly about: "measures" }
  | { readonly about: "close" };

/** What the worker says back. */
export type FromWorker =
  | { readonly kind: "opened" }
  | { readonly kind: "unopened"; readonly reason: string }
  | { readonly kind: "appended"; readonly sequences: Float64Array }
  | {
      readonly kind: "not appended";
      readonly reason: string;
      /** The place of the one reading that is why, where it is one. */
      readonly place: number | undefined;
    }
  | { readonly kind: "answer"; readonly id: number; readonly answer: Answer }
  | { readonly kind: "no answer"; readonly id: number; readonly reason: string };

export type Answer =
  | StoredReading
  | StoredReading[]
  | readonly HourAggregate[]
  | StoreMeasures
  | number
  | undefined;
