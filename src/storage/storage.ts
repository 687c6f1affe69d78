import type { Directory } from "./directory.ts";
import type { ReadingStore } from "./readingStore.ts";

/** The engines of one server: readings, and who they belong to. */
export interface Storage {
  readonly readings: ReadingStore;
  readonly directory: Directory;
  close(): Promise<void>;
}
