import { CLIENT_ENVIRONMENT, SETTINGS, type Setting } from "./table.ts";
import { UnusableSetting } from "./unusableSetting.ts";

type Table = typeof SETTINGS;
export type SettingName = keyof Table;

/** The settings of a server, each of its own type. */
export type Settings = {
  readonly [Name in SettingName]: Table[Name] extends Setting<infer Value> ? Value : never;
};

/** Settings as a command got them from its flags: text, where given. */
export type FlagValues = { readonly [Name in SettingName]?: string };

/**
 * Reads the settings: a flag wins over the environment, which wins over the default. An empty environment value
 * counts as not set.
 *
 * @throws UnusableSetting that names the setting and what was expected; also for an unknown HEARTWIRE_ name
 */
export function readSettings(
  environment: Readonly<Record<string, string | undefined>>,
  flags: FlagValues = {},
): Settings {
  refuseUnknownNames(environment);
  const entries = Object.entries(SETTINGS).map(([name, definition]) => {
    const flag = flags[name as SettingName];
    const fromEnvironment = environment[definition.environment];
    if (flag !== undefined) return [name, parse(definition, flag, definition.flag.split(" ")[0] as string)];
    if (fromEnvironment) return [name, parse(definition, fromEnvironment, definition.environment)];
    return [name, definition.defaultValue];
  });
  return Object.fromEntries(entries) as Settings;
}

function parse(definition: Setting<unknown>, text: string, givenAs: string): unknown {
  try {
    return definition.parse(text);
  } catch (error) {
    if (!(error instanceof UnusableSetting)) throw error;
    const got = definition.isSecret ? `${text.length} characters` : `"${text}"`;
    throw new UnusableSetting(`${givenAs}: ${error.message}, got ${got}.`);
  }
}

function refuseUnknownNames(environment: Readonly<Record<string, string | undefined>>): void {
  const known = [
    ...Object.values(SETTINGS).map((definition): string => definition.environment),
    ...Object.keys(CLIENT_ENVIRONMENT),
  ];
  const unknown = Object.keys(environment).find(
    (name) => name.startsWith("HEARTWIRE_") && !known.includes(name),
  );
  if (unknown !== undefined) {
    throw new UnusableSetting(
      `${unknown} is not a setting of Heartwire. Did you mean ${nearest(unknown.toUpperCase(), known)}?`,
    );
  }
}

/** The name with the fewest edits in between (Levenshtein distance). */
function nearest(name: string, names: readonly string[]): string {
  return names.toSorted((a, b) => distance(name, a) - distance(name, b))[0] as string;
}

function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (row[column] as number) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] as number) + 1, (next[column] as number) + 1));
    }
    row = next;
  }
  return row.at(-1) as number;
}
