import { accessSync, constants, type Stats, statfsSync, statSync } from "node:fs";
import type { Finding } from "./finding.ts";

const MEBIBYTE = 1_048_576;

/** Less free disk than this is worth a word: about 40 million readings. */
const FREE_SPACE_WANTED_BYTES = 1_024 * MEBIBYTE;

/** Says whether the data folder is there, and whether Heartwire can keep its data in it. */
export function examineFolder(folder: string): { readonly exists: boolean; readonly finding: Finding } {
  const about = "data folder";
  let found: Stats | undefined;
  try {
    found = statSync(folder, { throwIfNoEntry: false });
    if (found?.isDirectory()) accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    // The way to it leads through a file.
    if ((error as { code?: string }).code === "ENOTDIR") return { exists: true, finding: noFolder(folder) };
    const says = `this user may not read and write in ${folder}`;
    const advice = "Run Heartwire as the folder's owner, or change the owner.";
    return { exists: true, finding: { state: "wrong", about, says, advice } };
  }
  if (found === undefined) {
    const says = `${folder} is not there yet`;
    const advice = "npm start makes it. If you expected data, name its folder with HEARTWIRE_DATA.";
    return { exists: false, finding: { state: "notice", about, says, advice } };
  }
  if (!found.isDirectory()) return { exists: true, finding: noFolder(folder) };
  return { exists: true, finding: examineRights(folder, found) };
}

function noFolder(path: string): Finding {
  const advice = "Choose another data folder with HEARTWIRE_DATA.";
  return { state: "wrong", about: "data folder", says: `${path} is not a folder`, advice };
}

/** Windows has no rights of this kind. */
function examineRights(folder: string, { mode }: Stats): Finding {
  const about = "data folder";
  if ((mode & 0o077) === 0 || process.platform === "win32") return { state: "good", about, says: folder };
  return {
    state: "notice",
    about,
    says: `other users of this machine can look into ${folder}`,
    advice: `It holds health data. Close it with: chmod 700 "${folder}"`,
  };
}

export function examineSpace(folder: string): Finding {
  const about = "disk";
  const { bavail, bsize } = statfsSync(folder);
  const freeBytes = bavail * bsize;
  const says = `${Math.floor(freeBytes / MEBIBYTE).toLocaleString("en")} MiB free`;
  if (freeBytes === 0) {
    const advice = "Readings are refused with 500 until there is room; senders try again.";
    return { state: "wrong", about, says, advice };
  }
  return freeBytes < FREE_SPACE_WANTED_BYTES
    ? { state: "notice", about, says, advice: "Make room before it is full." }
    : { state: "good", about, says };
}
