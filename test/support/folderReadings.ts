import type { EpochMs } from "../../src/domain/reading.ts";
import { DEFAULT_LIMITS } from "../../src/settings/limits.ts";
import { openFolder } from "../../src/storage/sqlite/folder.ts";
import type { KeptReading } from "./recordings.ts";

const EVERYTHING = { from: 0 as EpochMs, to: Number.MAX_SAFE_INTEGER as EpochMs };
const READINGS_MAX = 1_000_000;

/**
 * What lies of a user in a data folder that no server holds any more, oldest first.
 *
 * @throws Error when there is no such user
 */
export async function folderReadings(folder: string, user: string): Promise<readonly KeptReading[]> {
  const { directory, readings, close } = await openFolder(folder, {
    durability: "commit",
    limits: DEFAULT_LIMITS,
  });
  try {
    const profile = await directory.findProfile(user);
    if (profile === undefined) throw new Error(`there is no user ${user}`);
    const stored = await readings.read(profile.id, EVERYTHING, READINGS_MAX);
    return stored.map(({ measuredAt, bpm }) => ({ measuredAt, bpm }));
  } finally {
    await close();
  }
}
