import type { EpochMs, ProfileId } from "../domain/reading.ts";
import type { Storage } from "./storage.ts";

/**
 * Finishes the erasures that were begun: deletes the readings, makes what was deleted unreadable in the files, and leaves an
 * entry without identity in the trail. Any step may fail or be cut short: the next call begins that erasure anew.
 *
 * @param before told whose readings are deleted next, so that nothing can be written of them any more
 * @throws what the engines throw; what was not finished is found again by the next call
 */
export async function finishErasures(
  { directory, readings }: Pick<Storage, "directory" | "readings">,
  clock: () => EpochMs,
  before: (profile: ProfileId) => void = () => {},
): Promise<void> {
  for (const { profile } of await directory.erasures.list()) {
    before(profile);
    // What was let in just before is on its way to the store after this turn at the latest.
    await new Promise((resolve) => setImmediate(resolve));
    await readings.erase(profile);
    await directory.erasures.overwriteDeleted();
    await directory.erasures.finish(profile, clock());
  }
}
