import { type Command, Option } from "commander";
import { type FlagValues, readSettings, type SettingName, type Settings } from "../settings/settings.ts";
import { SETTINGS, type Setting } from "../settings/table.ts";

/** Adds the flags of some settings to a command, with the table's descriptions. */
export function addSettings(command: Command, names: readonly SettingName[]): Command {
  for (const name of names) {
    const { flag, description, environment, defaultText, choices }: Setting<unknown> = SETTINGS[name];
    const words = choices === undefined ? "" : `one of ${choices.join(", ")}; `;
    command.addOption(new Option(flag, `${description} (${environment}; ${words}default ${defaultText})`));
  }
  return command;
}

/** @throws UnusableSetting */
export function settingsOf(flags: FlagValues): Settings {
  return readSettings(process.env, flags);
}
