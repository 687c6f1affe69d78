import { Command } from "commander";
import type { EpochMs, ProfileId } from "../../domain/reading.ts";
import { DEFAULT_LIMITS } from "../../settings/limits.ts";
import type { Settings } from "../../settings/settings.ts";
import { finishErasures } from "../../storage/erasing.ts";
import { openFolder } from "../../storage/sqlite/folder.ts";
import { FolderInUse } from "../../storage/sqlite/folderLock.ts";
import { UsageError } from "../failure.ts";
import { findProfile } from "../findProfile.ts";
import { say } from "../say.ts";
import { toSeen } from "../seenText.ts";
import { addSettings, settingsOf } from "../settingsOptions.ts";
import { withDirectory } from "../withDirectory.ts";

/** How long the command waits for a running server, which goes on by itself. */
const SERVER_MS_MAX = 30_000;
const LOOK_INTERVAL_MS = 50;

interface Flags {
  readonly data?: string;
  readonly yes?: boolean;
}

/** `heartwire user delete`: erases somebody, also while the server runs. */
export function deleteUserCommand(): Command {
  const command = new Command("delete")
    .description(
      "Erase a user: readings, tokens, rooms, widgets, account, everything. Nothing of it can be had back.",
    )
    .argument("<name>", "the user's name")
    .option("--yes", "say that you mean it");
  return addSettings(command, ["data"])
    .addHelpText("after", "\nExample:\n  $ npm run heartwire -- user delete anna --yes")
    .action(async (name: string, flags: Flags) => {
      if (flags.yes !== true) {
        throw new UsageError("user delete: this erases everything of the user for good. Add --yes to do it.");
      }
      const profile = await withDirectory(flags, async (directory) => {
        const found = await findProfile(directory, name);
        await directory.erasures.begin(found.id, Date.now() as EpochMs);
        return found;
      });
      const isFinished = (await finishHere(settingsOf(flags))) || (await finishedByServer(flags, profile.id));
      const erased = `"${toSeen(profile.name)}" is erased`;
      say(isFinished ? `${erased}.` : `${erased}; the server is still deleting the readings.`);
    });
}

/** Without a server this command does its work. @returns false when there is one */
async function finishHere({ data, durability }: Settings): Promise<boolean> {
  try {
    const storage = await openFolder(data, { durability, limits: DEFAULT_LIMITS });
    try {
      await finishErasures(storage, () => Date.now() as EpochMs);
      return true;
    } finally {
      await storage.close();
    }
  } catch (error) {
    if (error instanceof FolderInUse) return false;
    throw error;
  }
}

function finishedByServer(flags: Flags, profile: ProfileId): Promise<boolean> {
  return withDirectory(flags, async ({ erasures }) => {
    for (const until = Date.now() + SERVER_MS_MAX; Date.now() < until; ) {
      if (!(await erasures.list()).some((erasure) => erasure.profile === profile)) return true;
      await new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL_MS));
    }
    return false;
  });
}
