import { Command } from "commander";
import type { EpochMs } from "../../domain/reading.ts";
import { findProfile } from "../findProfile.ts";
import { toSeen } from "../seenText.ts";
import { withDirectory } from "../withDirectory.ts";
import { addLinkOptions, CLAIM_HOURS, type LinkFlags, newLink, tellLink } from "./oneTimeLink.ts";
import { requireUnowned } from "./unowned.ts";

/** `heartwire user claim`: a link by which somebody makes the account that owns a user. */
export function claimCommand(): Command {
  const command = new Command("claim")
    .description(
      `Print a link that makes the account which owns a user, alone, on stdout. It works once, within ${CLAIM_HOURS} hours.`,
    )
    .argument("<name>", "the user's name");
  return addLinkOptions(command)
    .addHelpText(
      "after",
      "\nWhoever opens it owns the user's readings, tokens, rooms and widgets. Links made for the user before end." +
        "\n\nExample:\n  $ npm run heartwire -- user claim me",
    )
    .action(async (name: string, flags: LinkFlags) => {
      const made = newLink("claim", Date.now() as EpochMs, CLAIM_HOURS);
      const profile = await withDirectory(flags, async (directory) => {
        const found = await findProfile(directory, name);
        await requireUnowned(directory, found);
        await directory.links.end("claim", { profile: found.id });
        await directory.links.create({ ...made.link, profile: found.id });
        return found;
      });
      tellLink(`This link makes the account that owns "${toSeen(profile.name)}".`, made, flags);
    });
}
