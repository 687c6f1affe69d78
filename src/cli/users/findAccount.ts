import type { Directory } from "../../storage/directory.ts";
import type { Person } from "../../storage/people.ts";
import { CommandFailure } from "../failure.ts";
import { toSeen } from "../seenText.ts";

/** The account of an e-mail address, or the one that a user of the command line belongs to. @throws CommandFailure */
export async function findAccount(directory: Directory, emailOrName: string): Promise<Person> {
  const given = emailOrName.trim();
  const byEmail = await directory.people.findByEmail(given);
  if (byEmail !== undefined) return byEmail;
  const profile = await directory.findProfile(given);
  const byName = profile && (await directory.people.findByProfile(profile.id));
  if (byName !== undefined) return byName;
  throw new CommandFailure(
    profile === undefined
      ? `There is no account and no user "${toSeen(given)}". See user list.`
      : `"${toSeen(given)}" has no account yet. Make a link for one with user claim.`,
  );
}
