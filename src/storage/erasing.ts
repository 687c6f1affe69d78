import type { EpochMs, ProfileId } from "../domain/reading.ts";
import type { Storage } from "./storage.ts";

/**
 * Finishes the erasures that were begun: deletes the readings, makes what was deleted unreadable in the files, and leaves an
 * entry without identity in the trail. Any step may fail or be cut short: the next call begins that erasure anew, and the others
 * do not wait for it.
 *
 * @param before told whose readings are deleted next, so that nothing can be written of them any more
 * @throws the first of what the engines threw; what was not finished is found again by the next call
 */
export async function finishErasures(
  { directory, readings }: Pick<Storage, "directory" | "readings">,
  clock: () => EpochMs,
  before: (profile: ProfileId) => void = () => {},
): Promise<void> {
  const faults: unknown[] = [];
  const erased: ProfileId[] = [];
  for (const { profile } of await directory.erasures.list()) {
    try {
      before(profile);
      // What was let in just before is on its way to the store after this turn at the latest.
      await new Promise((resolve) => setImmediate(resolve));
      await readings.erase(profile);
      erased.push(profile);
    } catch (error) {
      faults.push(error);
    }
  }
  // Once for all of them: it writes a whole file anew, and nobody is answered meanwhile.
  if (erased.length > 0) await directory.erasures.overwriteDeleted();
  for (const profile of erased) await directory.erasures.finish(profile, clock());
  if (faults.length > 0) throw faults[0];
}
