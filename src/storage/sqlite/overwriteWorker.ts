import { openDatabase } from "./database.ts";

/** The thread that writes a file anew, and ends. It is told the file's name, and says how it went. */
declare const self: Worker;

/** Pages in memory while it works; they are given back with the thread. */
const OPTIONS = { durability: "commit", walPagesMax: 1_000, cacheKibibytes: 16_384 } as const;

export interface Overwritten {
  /** Why deleted rows may still be readable; undefined where they are not. */
  readonly failure: string | undefined;
}

self.onmessage = ({ data: file }: MessageEvent<string>) => {
  self.postMessage({ failure: overwrite(file) } satisfies Overwritten);
};

function overwrite(file: string): string | undefined {
  try {
    using database = openDatabase(file, [], OPTIONS);
    database.run("VACUUM");
    // Copies stand in the log too, until it is moved into the file.
    const { busy } = database.query("PRAGMA wal_checkpoint(TRUNCATE)").get() as { busy: number };
    return busy === 0 ? undefined : `another process reads ${file}`;
  } catch (error) {
    return (error as Error).message;
  }
}
