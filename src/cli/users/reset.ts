import { Command } from "commander";
import type { EpochMs } from "../../domain/reading.ts";
import { toSeen } from "../seenText.ts";
import { withDirectory } from "../withDirectory.ts";
import { findAccount } from "./findAccount.ts";
import { addLinkOptions, type LinkFlags, newLink, tellLink } from "./oneTimeLink.ts";

const RESET_HOURS = 24;

/** `heartwire user reset`: a link by which somebody sets a forgotten password anew; no mail server is needed. */
export function resetCommand(): Command {
  const command = new Command("reset")
    .description(
      `Print a link that sets a forgotten password anew, alone, on stdout. It works once, within ${RESET_HOURS} hours.`,
    )
    .argument("<email or name>", "the account's e-mail address, or the name of its user");
  return addLinkOptions(command)
    .addHelpText(
      "after",
      "\nNothing ends until it is used; then every browser of the account is signed out. Links made for it before end." +
        "\n\nExample:\n  $ npm run heartwire -- user reset anna@example.org",
    )
    .action(async (given: string, flags: LinkFlags) => {
      const made = newLink("reset", Date.now() as EpochMs, RESET_HOURS);
      const person = await withDirectory(flags, async (directory) => {
        const found = await findAccount(directory, given);
        await directory.links.end("reset", { person: found.id });
        await directory.links.create({ ...made.link, person: found.id });
        return found;
      });
      tellLink(`This link sets the password of ${toSeen(person.email)} anew.`, made, flags);
    });
}
