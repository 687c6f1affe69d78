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
  for (const { profile } of await directory.erasures.list()) {
    try {
      before(profile);
      // What was let in just before is on its way to the store after this turn at the latest.
      await new Promise((resolve) => setImmediate(resolve));
      await readings.erase(profile);
      await directory.erasures.overwriteDeleted();
      await directory.erasures.finish(profile, clock());
    } catch (error) {
      faults.push(error);
    }
  }
  if (faults.length > 0) throw faults[0];
}
