import { Command } from "commander";
import { pino } from "pino";
import { describeFewFiles, listenersWithin, openFilesMax } from "../openFiles.ts";
import { startServer } from "../server.ts";
import { DEFAULT_LIMITS } from "../settings/limits.ts";
import type { FlagValues, SettingName } from "../settings/settings.ts";
import { SETTINGS } from "../settings/table.ts";
import { onEndRequest } from "./endRequest.ts";
import { introduceFirstRun } from "./firstRun.ts";
import { say } from "./say.ts";
import { addSettings, settingsOf } from "./settingsOptions.ts";

/** A server for fewer listeners than this says so when it starts; the doctor tells everybody how many fit. */
const FEW_LISTENERS = 1_000;

/** `heartwire serve`: the server, until Ctrl-C or SIGTERM. */
export function serveCommand(): Command {
  const command = new Command("serve").description("Run the server.");
  return addSettings(command, Object.keys(SETTINGS) as SettingName[])
    .addHelpText(
      "after",
      "\nExamples:\n  $ npm start\n  $ npm run heartwire -- serve --port 8080 --data /srv/heartwire",
    )
    .action(serve);
}

async function serve(flags: FlagValues): Promise<void> {
  const settings = settingsOf(flags);
  // Synchronous, so that the last lines before an end are written too.
  const log = pino({ level: settings.logLevel }, pino.destination({ dest: 2, sync: true }));
  const server = await startServer({ settings, log });
  await introduceFirstRun(server, settings).catch(async (error) => {
    await server.stop();
    throw error;
  });
  for (const problem of server.dropinProblems) say(`Apps with Pulsoid's hosts built in: ${problem}`);
  const openFiles = openFilesMax();
  const few = describeFewFiles(openFiles, DEFAULT_LIMITS.socketsMax);
  if (few !== undefined && listenersWithin(openFiles) < FEW_LISTENERS)
    say(`Open files: ${few.says}. ${few.advice}`);
  // Before the line that tells others that it is there: they may end it at once.
  const askedToEnd = new Promise<void>((resolve) => onEndRequest(resolve));
  const addresses = [server.url, server.secureUrl].flatMap((url) => url?.origin ?? []);
  say(`Heartwire serves at ${addresses.join(" and ")}. Ctrl-C ends it.`);

  await askedToEnd;
  say("Stopping: what was accepted is being stored. Ctrl-C again stops at once.");
  await server.stop();
  say("Stopped.");
}
