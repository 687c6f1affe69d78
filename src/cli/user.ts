import { Command } from "commander";
import { isBirthDate, SEXES, type Sex, WEIGHT_KILOGRAMS_MAX, WEIGHT_KILOGRAMS_MIN } from "../domain/body.ts";
import type { DetailedProfile, Directory } from "../storage/directory.ts";
import type { Person } from "../storage/people.ts";
import type { DetailChanges, ProfileDetails } from "../storage/profileDetails.ts";
import { UsageError } from "./failure.ts";
import { findProfile } from "./findProfile.ts";
import { say } from "./say.ts";
import { readText, toSeen, toSeenJson } from "./seenText.ts";
import { addSettings } from "./settingsOptions.ts";
import { claimCommand } from "./users/claim.ts";
import { deleteUserCommand } from "./users/deleteUser.ts";
import { inviteCommand } from "./users/invite.ts";
import { resetCommand } from "./users/reset.ts";
import { signOutCommand } from "./users/signOut.ts";
import { withDirectory } from "./withDirectory.ts";

/** `heartwire user`: what is known of the people whose heart rate is kept here, also while the server runs. */
export function userCommand(): Command {
  return new Command("user")
    .description(
      "Show and set what is known of a user, let people sign in, or erase one. A running server on the same data folder notices at once.",
    )
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(setCommand())
    .addCommand(deleteUserCommand())
    .addCommand(claimCommand())
    .addCommand(inviteCommand())
    .addCommand(resetCommand())
    .addCommand(signOutCommand())
    .addHelpText(
      "after",
      "\nAge, weight and sex serve the calories of the statistics alone, and stay in the data folder.\n" +
        "\nExample:\n  $ npm run heartwire -- user set me --birth-date 1990-05-31 --weight 68.5 --sex female",
    );
}

interface Flags {
  readonly data?: string;
  readonly json?: boolean;
}

function listCommand(): Command {
  const command = new Command("list").description("List the users.").option("--json", "print a JSON array");
  return addSettings(command, ["data"])
    .addHelpText("after", "\nExample:\n  $ npm run heartwire -- user list")
    .action(async (flags: Flags) => {
      const profiles = await withDirectory(flags, listWithAccounts);
      if (flags.json) console.log(toSeenJson(profiles.map(toJson)));
      else if (profiles.length === 0) say("There are no users yet. Making a token makes its user.");
      for (const { name, publicId, account } of flags.json ? [] : profiles) {
        const email = account === undefined ? "" : `  ${toSeen(account.email)}`;
        console.log(`${toSeen(name).padEnd(24)}  ${publicId}${email}`);
      }
    });
}

function showCommand(): Command {
  const command = new Command("show")
    .description("Show what is known of a user.")
    .argument("<name>", "the user's name")
    .option("--json", "print a JSON object");
  return addSettings(command, ["data"])
    .addHelpText("after", "\nExample:\n  $ npm run heartwire -- user show me")
    .action(async (name: string, flags: Flags) => {
      const profile = await withDirectory(flags, (directory) => findWithAccount(directory, name));
      console.log(flags.json ? toSeenJson(toJson(profile)) : describe(profile));
    });
}

interface SetFlags extends Flags {
  readonly channel?: string;
  readonly login?: string;
  readonly username?: string;
  readonly birthDate?: string;
  readonly weight?: string;
  readonly sex?: string;
}

function setCommand(): Command {
  const command = new Command("set")
    .description("Set what is known of a user. An empty value takes it away.")
    .argument("<name>", "the user's name")
    .option("--channel <text>", "where they stream, such as twitch.tv/someone")
    .option("--login <text>", "what apps are told they sign in with (default: the user's name)")
    .option("--username <text>", "how apps are told they are called (default: the login)")
    .option("--birth-date <day>", "such as 1990-05-31")
    .option("--weight <kilograms>", "such as 68.5")
    .option("--sex <sex>", SEXES.join(" or "));
  return addSettings(command, ["data"])
    .addHelpText(
      "after",
      "\nExamples:\n" +
        "  $ npm run heartwire -- user set me --birth-date 1990-05-31 --weight 68.5 --sex female\n" +
        "  $ npm run heartwire -- user set me --channel twitch.tv/someone\n" +
        '  $ npm run heartwire -- user set me --weight ""',
    )
    .action(async (name: string, flags: SetFlags) => {
      const changes = readChanges(flags, Date.now());
      if (Object.keys(changes).length === 0) {
        throw new UsageError("user set: give at least one thing to set; see user set --help.");
      }
      const profile = await withDirectory(flags, async (directory) => {
        const { id } = await findProfile(directory, name);
        await directory.changeDetails(id, changes);
        return findWithAccount(directory, name);
      });
      say(`"${toSeen(profile.name)}" is set:`);
      console.log(describe(profile));
    });
}

function readChanges(flags: SetFlags, now: number): DetailChanges {
  const given = <Value>(
    text: string | undefined,
    name: keyof DetailChanges,
    read: (text: string) => Value,
  ) => (text === undefined ? {} : { [name]: text.trim() === "" ? null : read(text) });
  return {
    ...given(flags.channel, "channel", (text) => readText("--channel", text)),
    ...given(flags.login, "login", (text) => readText("--login", text)),
    ...given(flags.username, "username", (text) => readText("--username", text)),
    ...given(flags.birthDate, "birthDate", (text) => readBirthDate(text, now)),
    ...given(flags.weight, "weightKilograms", readWeight),
    ...given(flags.sex, "sex", readSex),
  };
}

function readBirthDate(text: string, now: number): string {
  if (!isBirthDate(text.trim(), now)) {
    throw new UsageError("--birth-date: expected a day from 1900-01-01 to today, such as 1990-05-31.");
  }
  return text.trim();
}

function readWeight(text: string): number {
  const weight = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!(weight >= WEIGHT_KILOGRAMS_MIN && weight <= WEIGHT_KILOGRAMS_MAX)) {
    throw new UsageError(
      `--weight: expected kilograms from ${WEIGHT_KILOGRAMS_MIN} to ${WEIGHT_KILOGRAMS_MAX}, such as 68.5.`,
    );
  }
  return weight;
}

function readSex(text: string): Sex {
  const sex = SEXES.find((candidate) => candidate === text.trim());
  if (sex === undefined) throw new UsageError(`--sex: expected ${SEXES.join(" or ")}.`);
  return sex;
}

/** A profile with the account that owns it. */
interface ProfileWithAccount extends DetailedProfile {
  readonly account?: Person;
}

async function listWithAccounts(directory: Directory): Promise<readonly ProfileWithAccount[]> {
  const [profiles, people] = [await directory.listProfiles(), await directory.people.list()];
  return profiles.map((one) => {
    const account = people.find(({ profile }) => profile?.id === one.id);
    return account === undefined ? one : { ...one, account };
  });
}

async function findWithAccount(directory: Directory, name: string): Promise<ProfileWithAccount> {
  const profile = await findProfile(directory, name);
  const account = await directory.people.findByProfile(profile.id);
  return account === undefined ? profile : { ...profile, account };
}

const LABELS: Readonly<Record<keyof ProfileDetails, string>> = {
  channel: "Channel",
  login: "Login",
  username: "Username",
  birthDate: "Birth date",
  weightKilograms: "Weight, kg",
  sex: "Sex",
};

function describe({ name, publicId, details, account }: ProfileWithAccount): string {
  const rows = Object.entries(LABELS).map(([key, label]): readonly [string, string] => {
    const value = details[key as keyof ProfileDetails];
    return [label, value === undefined ? "-" : toSeen(String(value))];
  });
  const owner = account === undefined ? "-" : `${toSeen(account.name)} <${toSeen(account.email)}>`;
  return [["Name", toSeen(name)], ["profile_id", publicId], ["Account", owner], ...rows]
    .map(([label = "", value = ""]) => `${label.padEnd(12)}${value}`)
    .join("\n");
}

function toJson({ name, publicId, createdAt, details, account }: ProfileWithAccount): object {
  return {
    name,
    profile_id: publicId,
    created_at: createdAt,
    account: account === undefined ? null : { name: account.name, email: account.email },
    channel: details.channel ?? null,
    login: details.login ?? null,
    username: details.username ?? null,
    birth_date: details.birthDate ?? null,
    weight_kilograms: details.weightKilograms ?? null,
    sex: details.sex ?? null,
  };
}
