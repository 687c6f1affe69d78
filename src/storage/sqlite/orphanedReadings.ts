import { closeSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { APPLICATION_ID } from "./database.ts";
import { FILES } from "./files.ts";

/**
 * Says that a folder's readings lack their users, as after a backup of which half was copied. New users would be given
 * the numbers of those whose readings these are, and so their pulse. The first start makes `control.db` before
 * `readings.db`: a start that died in between leaves no folder like this.
 *
 * @returns what is wrong and what to do; undefined when nothing is
 */
export function findOrphanedReadings(
  folder: string,
): { readonly says: string; readonly advice: string } | undefined {
  const [control, readings] = [join(folder, FILES.control), join(folder, FILES.readings)];
  if (isFilled(control) || !isOurs(readings)) return undefined;
  return {
    says: `${readings} is there without ${control}, which says whose readings they are`,
    advice: `Put the ${FILES.control} of the same backup back, or move ${FILES.readings} away to begin anew.`,
  };
}

/** SQLite takes an empty file for a new one. */
function isFilled(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** Whether a file carries our application id, which SQLite's file format keeps at byte 68. */
function isOurs(file: string): boolean {
  let opened: number | undefined;
  try {
    opened = openSync(file, "r");
    const header = Buffer.alloc(72);
    readSync(opened, header, 0, header.length, 0);
    return header.readUInt32BE(68) === APPLICATION_ID;
  } catch {
    // Whoever opens it as a database says why it cannot be read.
    return false;
  } finally {
    if (opened !== undefined) closeSync(opened);
  }
}
