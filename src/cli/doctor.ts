import { Command } from "commander";
import type { FlagValues } from "../settings/settings.ts";
import { describe } from "./doctor/describe.ts";
import { examine } from "./doctor/examine.ts";
import { addSettings, settingsOf } from "./settingsOptions.ts";

/** `heartwire doctor`: says in words what is wrong with this installation. Exit code 1 when something is. */
export function doctorCommand(): Command {
  const command = new Command("doctor")
    .description("Say what is wrong with this installation, and what to do. Changes nothing.")
    .option("--json", "print a JSON array of findings");
  return addSettings(command, ["data", "port", "host", "tlsCert", "tlsKey", "tlsPort"])
    .addHelpText("after", "\nExample:\n  $ npm run heartwire -- doctor")
    .action(async ({ json, ...flags }: FlagValues & { readonly json?: boolean }) => {
      const findings = await examine(settingsOf(flags));
      if (json) console.log(JSON.stringify(findings, null, 2));
      else for (const finding of findings) console.log(describe(finding));
      if (findings.some(({ state }) => state === "wrong")) process.exitCode = 1;
    });
}
