import type { Database } from "bun:sqlite";
import { StoreUnavailable } from "../readingStore.ts";
import type { Arrivals } from "./arrivals.ts";
import { returnFreePages } from "./database.ts";
import type { PackedHours } from "./packedHours.ts";
import type { SealedHours } from "./sealedHours.ts";

/** What erasing needs of the engine. */
export interface EraserParts {
  readonly database: Database;
  readonly arrivals: Arrivals;
  readonly hours: PackedHours;
  readonly sealed: SealedHours;
  /** The last sequence number that was given out. */
  readonly lastSequence: () => number;
  /** Makes the engine forget what it keeps in memory of a profile. */
  readonly forget: (profile: number) => void;
}

/** Rows that one step looks at or deletes: a few milliseconds' worth, then the writes go on. */
const BATCHES_A_STEP = 64;
const PARTS_A_STEP = 64;
const HOURS_A_STEP = 16;

/** Pages that one step gives back. */
const PAGES_A_STEP = 64;

/** How often the log is tried to be emptied while another process reads the file. */
const CHECKPOINTS_MAX = 100;

/**
 * Deletes everything of one profile so that nothing of it is left in the file: not among the arrivals of others either, and not
 * in pages that are free. It works in steps, each a transaction of its own, between which everything else goes on.
 */
export class Eraser {
  readonly #parts: EraserParts;
  readonly #raiseLastSequence;
  readonly #deleteProfile;

  constructor(parts: EraserParts) {
    this.#parts = parts;
    this.#raiseLastSequence = parts.database.prepare<null, [number]>(
      "UPDATE store SET value = max(value, ?) WHERE name = 'last_sequence'",
    );
    this.#deleteProfile = parts.database.prepare<null, [number]>("DELETE FROM profile WHERE profile = ?");
  }

  /**
   * The steps. Whoever is cut short begins anew: an arrival that is still there counts again after a restart.
   *
   * @throws what SQLite throws; StoreUnavailable when another process keeps the log from being emptied
   */
  *erasing(profile: number): Generator<void, void> {
    const { database, arrivals, hours, sealed, lastSequence, forget } = this.#parts;
    forget(profile);
    // Otherwise a page that becomes free keeps what was in it. It costs a write a page, and only while somebody is erased.
    database.run("PRAGMA secure_delete = ON");
    try {
      yield* this.#inSteps(() => hours.eraseSome(profile, PARTS_A_STEP));
      yield* this.#inSteps(() => sealed.eraseSome(profile, HOURS_A_STEP));
      let after = 0;
      yield* this.#inSteps(() => {
        // A sequence number is not given out again when its reading is gone.
        this.#raiseLastSequence.run(lastSequence());
        const next = arrivals.eraseSome(profile, after, BATCHES_A_STEP);
        after = next ?? after;
        return next !== undefined;
      });
      // Until here it says which arrivals do not count, because they are packed.
      yield* this.#inSteps(() => {
        this.#deleteProfile.run(profile);
        return false;
      });
      forget(profile);
      while (returnFreePages(database, PAGES_A_STEP)) yield;
      yield* this.#emptyLog();
    } finally {
      database.run("PRAGMA secure_delete = FAST");
    }
  }

  /** @param work returns whether there is more to do */
  *#inSteps(work: () => boolean): Generator<void, void> {
    for (let more = true; more; ) {
      more = this.#parts.database.transaction(work).immediate();
      yield;
    }
  }

  *#emptyLog(): Generator<void, void> {
    const { database } = this.#parts;
    for (let attempt = 1; !isLogEmptied(database); attempt++) {
      if (attempt === CHECKPOINTS_MAX) throw new StoreUnavailable("another process reads readings.db");
      yield;
    }
  }
}

/** Moves the log into the file, without waiting for a reader: the writes would wait too. */
function isLogEmptied(database: Database): boolean {
  const { timeout } = database.query("PRAGMA busy_timeout").get() as { timeout: number };
  database.run("PRAGMA busy_timeout = 0");
  try {
    const { busy } = database.query("PRAGMA wal_checkpoint(TRUNCATE)").get() as { busy: number };
    return busy === 0;
  } finally {
    database.run(`PRAGMA busy_timeout = ${timeout}`);
  }
}
