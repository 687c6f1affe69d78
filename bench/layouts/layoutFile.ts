import { Database } from "bun:sqlite";
import { readFileSync, statSync } from "node:fs";
import type { Reading } from "../../src/domain/reading.ts";
import { DEFAULT_LIMITS } from "../../src/settings/limits.ts";
import { HISTORIC_READINGS, historicReadings } from "../population.ts";
import type { Layout } from "./layout.ts";

/** Readings that share a commit: what 64 connections give at most. */
export const BATCH_READINGS = 64;

const PAGE_BYTES = 4096;

/** SQLite writes this much before each page of its write-ahead log. */
const FRAME_HEADER_BYTES = 24;

/** What one measured round of writing did. */
export interface LayoutRound {
  readonly readingsPerSecond: number;
  readonly logBytesPerReading: number;
  /** Everything the process handed to the system: the log, and the pages moved from it into the file. */
  readonly writtenBytesPerReading: number;
}

/** A SQLite file in one layout, with the server's settings, and readings without end to put into it. */
export class LayoutFile {
  readonly #file: string;
  readonly #database: Database;
  readonly #insert: ReturnType<Layout["inserter"]>;
  readonly #batches = batchesOf(
    BATCH_READINGS,
    historicReadings(Number.MAX_SAFE_INTEGER, Date.UTC(2024, 0, 1)),
  );
  #readings = 0;
  #commitsSinceCheckpoint = 0;
  #commitsToCheckpoint = 1;
  #logPages = 0;

  constructor(file: string, layout: Layout) {
    this.#file = file;
    this.#database = new Database(file, { create: true, strict: true });
    this.#database.run(`PRAGMA page_size = ${PAGE_BYTES}`);
    this.#database.run("PRAGMA journal_mode = WAL");
    this.#database.run(`PRAGMA cache_size = -${DEFAULT_LIMITS.pageCacheKibibytes}`);
    // Done by hand below, at the same size, so that the pages of the log can be counted.
    this.#database.run("PRAGMA wal_autocheckpoint = 0");
    this.#database.run(layout.schema);
    this.#insert = layout.inserter(this.#database);
  }

  /** Puts in what is there before anything is measured, without waiting for the disk. */
  fill(): void {
    this.#database.run("PRAGMA synchronous = OFF");
    this.#write(HISTORIC_READINGS);
    this.#database.run("PRAGMA wal_checkpoint(TRUNCATE)");
    this.#database.run("PRAGMA synchronous = FULL");
  }

  measure(readings: number): LayoutRound {
    const logPagesBefore = this.#logPages;
    const writtenBefore = bytesHandedToTheSystem();
    const startedAt = performance.now();
    const count = this.#write(readings);
    const tookSeconds = (performance.now() - startedAt) / 1000;
    this.#checkpoint();
    return {
      readingsPerSecond: count / tookSeconds,
      logBytesPerReading: ((this.#logPages - logPagesBefore) * (PAGE_BYTES + FRAME_HEADER_BYTES)) / count,
      writtenBytesPerReading: (bytesHandedToTheSystem() - writtenBefore) / count,
    };
  }

  /** @returns bytes of file a reading, with nothing left in the log */
  close(): number {
    this.#database.run("PRAGMA wal_checkpoint(TRUNCATE)");
    this.#database.close();
    return statSync(this.#file).size / this.#readings;
  }

  #write(readings: number): number {
    const until = this.#readings + readings;
    const before = this.#readings;
    while (this.#readings < until) {
      const batch = this.#batches.next().value as readonly Reading[];
      this.#database.transaction(() => this.#insert(batch, this.#readings + 1)).immediate();
      this.#readings += batch.length;
      if (++this.#commitsSinceCheckpoint >= this.#commitsToCheckpoint) this.#checkpoint();
    }
    return this.#readings - before;
  }

  /** Moves the log into the file, and estimates how many commits make it as long as the server lets it grow. */
  #checkpoint(): void {
    const { log } = this.#database.query("PRAGMA wal_checkpoint(PASSIVE)").get() as { log: number };
    const pagesPerCommit = Math.max(1, log) / Math.max(1, this.#commitsSinceCheckpoint);
    this.#logPages += log;
    this.#commitsToCheckpoint = Math.max(1, Math.round(DEFAULT_LIMITS.walPagesMax / pagesPerCommit));
    this.#commitsSinceCheckpoint = 0;
  }
}

function bytesHandedToTheSystem(): number {
  return Number(/wchar: (\d+)/.exec(readFileSync("/proc/self/io", "latin1"))?.[1]);
}

function* batchesOf(
  size: number,
  larger: Iterable<readonly Reading[]>,
): Generator<readonly Reading[], never> {
  let waiting: readonly Reading[] = [];
  for (const more of larger) {
    const all = [...waiting, ...more];
    let start = 0;
    for (; start + size <= all.length; start += size) yield all.slice(start, start + size);
    waiting = all.slice(start);
  }
  throw new Error("the readings have an end");
}
