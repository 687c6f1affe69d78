import { Command } from "commander";
import type { EpochMs } from "../../domain/reading.ts";
import type { FlagValues } from "../../settings/settings.ts";
import { say } from "../say.ts";
import { toSeen } from "../seenText.ts";
import { addSettings } from "../settingsOptions.ts";
import { withDirectory } from "../withDirectory.ts";
import { findAccount } from "./findAccount.ts";

/** `heartwire user sign-out`: ends every sign-in of an account. */
export function signOutCommand(): Command {
  const command = new Command("sign-out")
    .description("Sign an account out everywhere. A running server ends its pages within a second.")
    .argument("<email or name>", "the account's e-mail address, or the name of its user");
  return addSettings(command, ["data"])
    .addHelpText(
      "after",
      "\nTokens that were made for apps and devices go on; token revoke ends them." +
        "\n\nExample:\n  $ npm run heartwire -- user sign-out anna@example.org",
    )
    .action(async (given: string, flags: Pick<FlagValues, "data">) => {
      const now = Date.now() as EpochMs;
      const { person, ended } = await withDirectory(flags, async (directory) => {
        const found = await findAccount(directory, given);
        const count = await directory.people.endSessions(found.id);
        const profile = (await directory.people.profileOf(found, now)).id;
        const details = { by: "command line" };
        await directory.trail.record({ at: now, profile, kind: "signed_out_everywhere", details });
        return { person: found, ended: count };
      });
      say(`${toSeen(person.email)} is signed out: ${ended} ${ended === 1 ? "session" : "sessions"} ended.`);
    });
}
