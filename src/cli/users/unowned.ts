import type { Directory, Profile } from "../../storage/directory.ts";
import { CommandFailure } from "../failure.ts";
import { toSeen } from "../seenText.ts";

/** @throws CommandFailure when a profile belongs to an account already */
export async function requireUnowned(directory: Directory, { id, name }: Profile): Promise<void> {
  if ((await directory.people.findByProfile(id)) === undefined) return;
  throw new CommandFailure(
    `"${toSeen(name)}" belongs to an account already. See user show; for a forgotten password, user reset.`,
  );
}
