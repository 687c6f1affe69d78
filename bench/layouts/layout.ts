import type { Database } from "bun:sqlite";
import type { Reading } from "../../src/domain/reading.ts";

/** One way to lay readings on disk. */
export interface Layout {
  readonly name: string;
  /** How a reading that is there already is noticed. */
  readonly duplicateCheck: string;
  readonly schema: string;
  /** @returns a function that stores one batch inside the transaction that is open */
  inserter(database: Database): (batch: readonly Reading[], firstSequence: number) => void;
}
