import { Command } from "commander";
import type { EpochMs } from "../../domain/reading.ts";
import { findProfile } from "../findProfile.ts";
import { readWhole } from "../numberOption.ts";
import { toSeen } from "../seenText.ts";
import { withDirectory } from "../withDirectory.ts";
import { addLinkOptions, type LinkFlags, newLink, tellLink } from "./oneTimeLink.ts";
import { requireUnowned } from "./unowned.ts";

const DAYS_MAX = 90;
const DAYS_USUAL = 7;
const DAY_HOURS = 24;

interface InviteFlags extends LinkFlags {
  readonly days?: string;
  readonly profile?: string;
}

/** `heartwire user invite`: a link by which somebody makes an account. */
export function inviteCommand(): Command {
  const command = new Command("invite")
    .description("Print a link that makes an account, alone, on stdout. It works once.")
    .option("--days <number>", `for how long, from 1 to ${DAYS_MAX} (default ${DAYS_USUAL})`)
    .option("--profile <name>", "the user that the account will own (default: a new one)");
  return addLinkOptions(command)
    .addHelpText(
      "after",
      "\nExamples:\n  $ npm run heartwire -- user invite\n" +
        "  $ npm run heartwire -- user invite --days 30 --profile anna",
    )
    .action(async (flags: InviteFlags) => {
      const days = flags.days === undefined ? DAYS_USUAL : readWhole("--days", flags.days, 1, DAYS_MAX);
      const kind = flags.profile === undefined ? "invitation" : "claim";
      const made = newLink(kind, Date.now() as EpochMs, days * DAY_HOURS);
      const owned = await withDirectory(flags, async (directory) => {
        const given = flags.profile === undefined ? undefined : await findProfile(directory, flags.profile);
        if (given !== undefined) await requireUnowned(directory, given);
        await directory.links.create({
          ...made.link,
          ...(given === undefined ? {} : { profile: given.id }),
        });
        return given;
      });
      const account = owned === undefined ? "an account" : `the account that owns "${toSeen(owned.name)}"`;
      tellLink(`Whoever opens this link can make ${account}.`, made, flags);
    });
}
