import { accessSync, constants, type Stats, statSync } from "node:fs";
import { StoreUnavailable } from "../readingStore.ts";

/** Whether something stands at a path in a data folder. @throws StoreUnavailable when this user may not know */
export function isThere(path: string, folder: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if (isForbidden(error)) throw forbidden(folder);
    // The way to it leads through a file.
    return false;
  }
}

/**
 * SQLite would say of all of these only that it cannot open a file.
 *
 * @throws StoreUnavailable when it is no folder, or this user may not write in it
 */
export function assertWritable(folder: string): void {
  if (!statSync(folder).isDirectory()) {
    throw new StoreUnavailable(`${folder} is not a folder. Choose another data folder with HEARTWIRE_DATA.`);
  }
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    if (isForbidden(error)) throw forbidden(folder);
    throw new StoreUnavailable(
      `The data folder ${folder} is on a disk that is read-only. Make the disk writable, or choose another folder with HEARTWIRE_DATA.`,
    );
  }
}

function isForbidden(error: unknown): boolean {
  return ["EACCES", "EPERM"].includes((error as { code?: string }).code ?? "");
}

/** Users by number: the system's names for them are not known here. */
function forbidden(folder: string): StoreUnavailable {
  const owner = ownerOf(folder);
  const whose = owner === undefined ? "" : `, which belongs to user ${owner.uid} (mode ${modeOf(owner)})`;
  return new StoreUnavailable(
    `No permission: user ${process.geteuid?.()} may not read and write in the data folder ${folder}${whose}. Run Heartwire as the folder's owner, or choose another folder with HEARTWIRE_DATA.`,
  );
}

/** Undefined where not even that may be known. */
function ownerOf(folder: string): Stats | undefined {
  try {
    return statSync(folder, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function modeOf({ mode }: Stats): string {
  return (mode & 0o777).toString(8).padStart(3, "0");
}
