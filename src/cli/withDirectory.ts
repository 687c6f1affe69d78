import type { Directory } from "../storage/directory.ts";
import { openFolderDirectory } from "../storage/sqlite/folder.ts";
import { settingsOf } from "./settingsOptions.ts";

/**
 * Works on the profiles and tokens of a data folder, also while its server runs.
 *
 * @param create whether a folder that is not there is made
 * @throws StoreUnavailable with a message for the operator
 */
export async function withDirectory<Result>(
  flags: { readonly data?: string },
  work: (directory: Directory) => Promise<Result>,
  { create } = { create: false },
): Promise<Result> {
  const directory = await openFolderDirectory(settingsOf(flags).data, { create });
  try {
    return await work(directory);
  } finally {
    await directory.close();
  }
}
