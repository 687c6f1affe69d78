import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { StoreUnavailable } from "../readingStore.ts";
import type { Storage } from "../storage.ts";
import type { Durability } from "./database.ts";
import { FILES } from "./files.ts";
import { assertWritable, isThere } from "./folderAccess.ts";
import { lockFolder } from "./folderLock.ts";
import { findOrphanedReadings } from "./orphanedReadings.ts";
import { SqliteDirectory } from "./sqliteDirectory.ts";
import { SqliteReadingStore } from "./sqliteReadingStore.ts";

export interface FolderOptions {
  readonly durability: Durability;
  readonly limits: {
    readonly walPagesMax: number;
    readonly pageCacheKibibytes: number;
    readonly freshReadingsMax: number;
    readonly freshSecondsMax: number;
    readonly hourQuietSeconds: number;
    readonly sealedHourReadingsMax: number;
    readonly waitingReadingsMax: number;
  };
}

/**
 * Opens a data folder as its one server, and makes it first where there is none.
 *
 * @throws StoreUnavailable with a message for the operator
 */
export async function openFolder(folder: string, { durability, limits }: FolderOptions): Promise<Storage> {
  makeFolder(folder);
  // Lets go of the last first, and of the others also when that fails.
  const opened = new AsyncDisposableStack();
  opened.defer(lockFolder(join(folder, FILES.lock)));
  try {
    assertReadingsHaveUsers(folder);
    const directory = await SqliteDirectory.open(join(folder, FILES.control));
    opened.defer(() => directory.close());
    const readings = await SqliteReadingStore.open({
      file: join(folder, FILES.readings),
      durability,
      walPagesMax: limits.walPagesMax,
      cacheKibibytes: limits.pageCacheKibibytes,
      freshReadingsMax: limits.freshReadingsMax,
      freshAgeMsMax: limits.freshSecondsMax * 1_000,
      quietMs: limits.hourQuietSeconds * 1_000,
      sealedHourReadingsMax: limits.sealedHourReadingsMax,
      waitingReadingsMax: limits.waitingReadingsMax,
    });
    opened.defer(() => readings.close());
    return { readings, directory, close: () => opened.disposeAsync() };
  } catch (error) {
    await opened.disposeAsync();
    throw error;
  }
}

/**
 * Opens the profiles and tokens of a data folder beside its server, for the command line.
 *
 * @param create whether a folder that is not there is made
 * @throws StoreUnavailable with a message for the operator
 */
export async function openFolderDirectory(
  folder: string,
  { create }: { readonly create: boolean },
): Promise<SqliteDirectory> {
  assertReadingsHaveUsers(folder);
  if (create) makeFolder(folder);
  else assertDataFolder(folder);
  return SqliteDirectory.open(join(folder, FILES.control));
}

function assertReadingsHaveUsers(folder: string): void {
  if (!isThere(join(folder, FILES.readings), folder)) return;
  const orphaned = findOrphanedReadings(folder);
  if (orphaned !== undefined) throw new StoreUnavailable(`${orphaned.says}. ${orphaned.advice}`);
}

/** @throws StoreUnavailable when no server has made this folder, or this user may not look into it */
export function assertDataFolder(folder: string): void {
  if (isThere(join(folder, FILES.control), folder)) return;
  const advice = "Name the right one with --data or HEARTWIRE_DATA";
  throw new StoreUnavailable(
    isThere(folder, folder)
      ? `${folder} is not a data folder of Heartwire. ${advice}; npm start makes one.`
      : `There is no data folder ${folder} yet. Start the server once (npm start), which makes it. ${advice} if it is elsewhere.`,
  );
}

/** Only its owner may look into a data folder: it holds health data. */
function makeFolder(folder: string): void {
  if (isThere(folder, folder)) {
    assertWritable(folder);
    return;
  }
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StoreUnavailable(`The data folder ${folder} cannot be made: ${(error as Error).message}`);
  }
}
