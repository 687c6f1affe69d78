import type { DetailedProfile, Directory } from "../storage/directory.ts";
import { CommandFailure } from "./failure.ts";
import { toSeen } from "./seenText.ts";

/** @throws CommandFailure when there is no user of that name */
export async function findProfile(directory: Directory, name: string): Promise<DetailedProfile> {
  const profile = (await directory.listProfiles()).find((candidate) => candidate.name === name.trim());
  if (profile === undefined) throw new CommandFailure(`There is no user "${toSeen(name)}". See user list.`);
  return profile;
}
