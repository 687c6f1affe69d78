import { resolve } from "node:path";
import { Command } from "commander";
import { PULSOID_HOSTS } from "../domain/pulsoidHosts.ts";
import { assertDataFolder } from "../storage/sqlite/folder.ts";
import { describe } from "./doctor/describe.ts";
import { carryOut, type Manner } from "./dropin/carryOut.ts";
import { HOSTS_FILE, linesThatWin, readHosts } from "./dropin/hostsFile.ts";
import { prepareAnew, stillGood } from "./dropin/prepare.ts";
import { mayListenOnLowPorts } from "./dropin/privilege.ts";
import { examineDropin } from "./dropin/status.ts";
import { stepsToOff, stepsToOn } from "./dropin/steps.ts";
import { CommandFailure } from "./failure.ts";
import { say } from "./say.ts";
import { addSettings, settingsOf } from "./settingsOptions.ts";

interface Flags {
  readonly data?: string;
  readonly dryRun?: boolean;
}

/** `heartwire dropin`: leads apps with Pulsoid's hosts built in to the server of this machine, and back. */
export function dropinCommand(): Command {
  return new Command("dropin")
    .description("Lead this machine's apps that have Pulsoid's hosts built in to its own server, and back.")
    .addCommand(onCommand())
    .addCommand(offCommand())
    .addCommand(renewCommand())
    .addCommand(statusCommand())
    .addHelpText("after", "\nExample:\n  $ npm run heartwire -- dropin on --dry-run");
}

function onCommand(): Command {
  return subcommand(
    "on",
    "Make a certificate for Pulsoid's hosts, have this machine trust it, and lead the hosts here.",
  ).action((flags: Flags) => turnOn(mannerOf("on", flags)));
}

function renewCommand(): Command {
  return subcommand("renew", "Make a new authority and certificate, and take the old ones away.").action(
    (flags: Flags) => turnOn(mannerOf("renew", flags)),
  );
}

function offCommand(): Command {
  return subcommand("off", 'Undo all of it, also after an "on" that was interrupted.').action(
    (flags: Flags) => {
      const manner = mannerOf("off", flags);
      const steps = stepsToOff(manner.dataFolder);
      if (steps.length === 0) say("Nothing of it is in place.");
      const outcome = carryOut(steps, manner);
      if (manner.dryRun || steps.length === 0) return;
      if (outcome === "needs root") throw new CommandFailure(NOT_ALL);
      const isUndone = outcome === "done" ? "All of it is undone." : "With these lines all of it is undone.";
      say(`${isUndone} Restart the apps: they may still hold the old way.`);
    },
  );
}

function statusCommand(): Command {
  const command = new Command("status")
    .description("Say what of it is in place, until when the certificate holds, and what is missing.")
    .option("--json", "print a JSON array of findings; an empty one when all of it is off");
  return addSettings(command, ["data"])
    .addHelpText("after", "\nExample:\n  $ npm run heartwire -- dropin status")
    .action(async ({ json, ...flags }: Flags & { readonly json?: boolean }) => {
      const findings = await examineDropin(resolve(settingsOf(flags).data), Date.now());
      if (json) console.log(JSON.stringify(findings, null, 2));
      else if (findings.length === 0) console.log("Off: nothing of it is in place.");
      else for (const finding of findings) console.log(describe(finding));
      if (findings.some(({ state }) => state === "wrong")) process.exitCode = 1;
    });
}

function subcommand(name: Manner["subcommand"], description: string): Command {
  const command = new Command(name)
    .description(description)
    .option("--dry-run", "print what would be done, as lines for a shell, and change nothing");
  return addSettings(command, ["data"]).addHelpText(
    "after",
    `\nExample:\n  $ npm run heartwire -- dropin ${name}\n\nWithout root it does what it may and prints the rest, to be run with sudo.`,
  );
}

function mannerOf(name: Manner["subcommand"], { data, dryRun }: Flags): Manner {
  const settings = settingsOf(data === undefined ? {} : { data });
  return { subcommand: name, dataFolder: resolve(settings.data), dryRun: dryRun ?? false };
}

async function turnOn(manner: Manner): Promise<void> {
  const { subcommand: name, dataFolder, dryRun } = manner;
  assertDataFolder(dataFolder);
  const now = new Date();
  const held = name === "renew" ? undefined : await stillGood(dataFolder, now.getTime());
  if (!dryRun) say(MEANING);
  else if (held === undefined)
    say("A certificate for Pulsoid's hosts would be made, with the authority that signs it.");
  const prepared = held ?? (dryRun ? undefined : await prepareAnew(dataFolder, now));
  const steps = stepsToOn(dataFolder, prepared?.authority);
  if (steps.length === 0) say("All of it is in place.");
  const outcome = carryOut(steps, manner);
  warnOfOtherLines();
  if (dryRun) return;
  say(NEXT);
  if (!mayListenOnLowPorts(dataFolder)) say(LOW_PORTS);
  if (outcome === "needs root") throw new CommandFailure(NOT_ALL);
}

function warnOfOtherLines(): void {
  const lines = linesThatWin(readHosts());
  if (lines.length === 0) return;
  say(`
Other lines of ${HOSTS_FILE} lead hosts of these elsewhere, and win because they stand first. Take them out:
  ${lines.join("\n  ")}`);
}

const NOT_ALL = "\nNot all of it is done: what is left stands above.";

const MEANING = `
From now on, apps on this machine that ask for one of these hosts are to be answered by your own Heartwire:
  ${PULSOID_HOSTS.join(", ")}
What they would have sent to Pulsoid, tokens included, comes here instead, and nobody on this machine reaches the real
sites meanwhile. "heartwire dropin off" undoes all of it. docs/dropin.md says what it means for security.
`;

const NEXT = `
The server listens on ports 443 and 80 within a second when it runs, and otherwise when it starts. Restart the apps.
"heartwire dropin status" says whether all of it works.`;

const LOW_PORTS = `
The server's user may not listen on ports below 1024 yet. One way to allow it, until the machine restarts:
  sudo sysctl net.ipv4.ip_unprivileged_port_start=80
docs/dropin.md has the others.`;
