import { Command } from "commander";
import type { EpochMs } from "../domain/reading.ts";
import { isUuid } from "../domain/uuid.ts";
import { BASIC_BPM, WIDGET_KINDS } from "../domain/widgetKinds.ts";
import { DEFAULT_LIMITS } from "../settings/limits.ts";
import type { FlagValues } from "../settings/settings.ts";
import type { Directory } from "../storage/directory.ts";
import type { Configuration } from "../storage/rooms.ts";
import type { Widget } from "../storage/widgets.ts";
import { CommandFailure, UsageError } from "./failure.ts";
import { findProfile } from "./findProfile.ts";
import { pagesAddress } from "./pagesAddress.ts";
import { readConfiguration } from "./rooms/options.ts";
import { say } from "./say.ts";
import { readText, toSeen, toSeenJson } from "./seenText.ts";
import { addSettings } from "./settingsOptions.ts";
import { withDirectory } from "./withDirectory.ts";

/** `heartwire widget`: what shows a pulse in OBS, also while the server runs. */
export function widgetCommand(): Command {
  return new Command("widget")
    .description(
      "Make and open widgets, which show a pulse in OBS. A running server on the same data folder notices at once.",
    )
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(
      changeCommand(
        "open",
        "Open a widget's link and print its new address, alone, on stdout.",
        async (directory, widget, flags) => {
          const opened = await directory.widgets.open(widget.id, { openedAt: Date.now() as EpochMs });
          if (opened === undefined) throw noSuchWidget();
          tellAddress(opened, flags);
        },
      ),
    )
    .addCommand(configureCommand())
    .addCommand(
      changeCommand(
        "close",
        "Close a widget's link. Nobody hears the pulse by it any more.",
        async (directory, widget) => {
          await directory.widgets.close(widget.id);
          say("The link is closed.");
        },
      ),
    )
    .addCommand(
      changeCommand("delete", "Delete a widget.", async (directory, widget) => {
        await directory.widgets.remove(widget.id);
        say("The widget is deleted.");
      }),
    )
    .addHelpText(
      "after",
      "\nWhoever knows the address of an open widget sees the pulse, without a token: keep it to yourself.\n" +
        "\nExample:\n  $ npm run heartwire -- widget create --user me",
    );
}

type WidgetFlags = Pick<FlagValues, "data" | "host" | "port" | "publicUrl">;

interface CreateFlags extends WidgetFlags {
  readonly user: string;
  readonly name?: string;
  readonly config?: string;
  readonly kind?: string;
}

/** An address is printed under which the server is reached: these flags say which, or `HEARTWIRE_URL`. */
const SETTINGS = ["data", "host", "port", "publicUrl"] as const;

function createCommand(): Command {
  const command = new Command("create")
    .description("Make a widget, open its link, and print the address for OBS, alone, on stdout.")
    .requiredOption("--user <name>", "whose pulse it shows")
    .option("--name <text>", "what it is called in lists")
    .option("--kind <meta_id>", `its kind (default ${BASIC_BPM}, the number and a heart)`)
    .option("--config <json>", "its configuration, a JSON object");
  return addSettings(command, SETTINGS)
    .addHelpText("after", "\nExample:\n  $ npm run heartwire -- widget create --user me")
    .action(async (flags: CreateFlags) => {
      const kind = WIDGET_KINDS.find(({ metaId }) => metaId === (flags.kind ?? BASIC_BPM));
      if (kind === undefined) {
        throw new UsageError(
          `--kind: expected one of ${WIDGET_KINDS.map(({ metaId }) => metaId).join(", ")}.`,
        );
      }
      const name = flags.name === undefined ? kind.name : readText("--name", flags.name);
      const configuration = readShortConfiguration(flags.config ?? "{}");
      const now = Date.now() as EpochMs;
      const widget = await withDirectory(flags, async (directory) =>
        directory.widgets.create({
          profile: (await findProfile(directory, flags.user)).id,
          metaId: kind.metaId,
          name,
          configuration,
          createdAt: now,
          ownedMax: DEFAULT_LIMITS.widgetsMax,
          opening: { openedAt: now },
        }),
      );
      if (widget === undefined) {
        throw new CommandFailure(
          `"${toSeen(flags.user)}" has ${DEFAULT_LIMITS.widgetsMax} widgets, which is the most.`,
        );
      }
      tellAddress(widget, flags);
    });
}

function configureCommand(): Command {
  const command = new Command("configure")
    .description(
      "Replace a widget's configuration. An overlay that is on air takes it when it is loaded anew.",
    )
    .argument("<id>", "the widget's id in widget list")
    .argument("<json>", "a JSON object, such as one with heartColor, heartEnabled or ranges");
  return addSettings(command, ["data"])
    .addHelpText(
      "after",
      "\nExample:\n  $ npm run heartwire -- widget configure ID " +
        `'{"heartColor":"#00c2a8ff","ranges":[{"from":150,"to":250,"color":"#ff5263ff"}]}'`,
    )
    .action((id: string, json: string, flags: WidgetFlags) => {
      const configuration = readShortConfiguration(json);
      return withDirectory(flags, async (directory) => {
        await directory.widgets.configure((await findWidget(directory, id)).id, configuration);
        say("The configuration is set.");
      });
    });
}

/** @throws UsageError when the text is no JSON object, or longer than the server takes */
function readShortConfiguration(text: string): Configuration {
  const configuration = readConfiguration(text);
  const { configurationBytesMax: bytesMax } = DEFAULT_LIMITS;
  if (Buffer.byteLength(JSON.stringify(configuration)) > bytesMax) {
    throw new UsageError(`The configuration: expected at most ${bytesMax} bytes of JSON.`);
  }
  return configuration as Configuration;
}

function listCommand(): Command {
  const command = new Command("list").description("List the widgets.").option("--json", "print a JSON array");
  return addSettings(command, SETTINGS)
    .addHelpText("after", "\nExample:\n  $ npm run heartwire -- widget list")
    .action(async (flags: WidgetFlags & { readonly json?: boolean }) => {
      const [widgets, profiles] = await withDirectory(flags, async (directory) =>
        Promise.all([directory.widgets.list(), directory.listProfiles()]),
      );
      const userOf = ({ profile }: Widget) => profiles.find(({ id }) => id === profile)?.name ?? "-";
      if (flags.json) console.log(toSeenJson(widgets.map((widget) => toJson(widget, userOf(widget)))));
      else if (widgets.length === 0) say("There are no widgets yet. Make one with widget create.");
      else for (const widget of widgets) console.log(describe(widget, userOf(widget)));
    });
}

function changeCommand(
  name: string,
  description: string,
  change: (directory: Directory, widget: Widget, flags: WidgetFlags) => Promise<void>,
): Command {
  const command = new Command(name)
    .description(description)
    .argument("<id>", "the widget's id in widget list");
  return addSettings(command, SETTINGS)
    .addHelpText("after", `\nExample:\n  $ npm run heartwire -- widget ${name} ID`)
    .action((id: string, flags: WidgetFlags) =>
      withDirectory(flags, async (directory) => change(directory, await findWidget(directory, id), flags)),
    );
}

/** @throws CommandFailure when there is no widget of that id */
async function findWidget(directory: Directory, id: string): Promise<Widget> {
  const widget = isUuid(id) ? await directory.widgets.find(id.toLowerCase()) : undefined;
  if (widget === undefined) throw noSuchWidget();
  return widget;
}

function noSuchWidget(): CommandFailure {
  return new CommandFailure("There is no such widget. See widget list.");
}

function tellAddress({ publicId }: Widget, flags: WidgetFlags): void {
  say("Paste this address into a browser source of OBS. Whoever knows it sees the pulse:");
  console.log(`${pagesAddress(flags)}/widget/view/${publicId}`);
}

function describe({ publicId, link, name }: Widget, user: string): string {
  return `${publicId}  ${link === undefined ? "closed" : "open  "}  ${toSeen(user).padEnd(16)}  ${toSeen(name)}`;
}

function toJson({ publicId, metaId, name, configuration, link }: Widget, user: string): object {
  return { id: publicId, user, meta_id: metaId, name, configuration, open: link !== undefined };
}
