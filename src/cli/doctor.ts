import { Command } from "commander";
import { readSettings, type Settings } from "../settings/settings.ts";
import { examine, type Finding } from "./doctor/examine.ts";
import { addSettings } from "./settingsOptions.ts";

/** `heartwire doctor`: says in words what is wrong with this installation. Exit code 1 when something is. */
export function doctorCommand(): Command {
  const command = new Command("doctor")
    .description("Say what is wrong with this installation, and what to do. Changes nothing.")
    .option("--json", "print a JSON array of findings");
  return addSettings(command, ["data", "port", "host"])
    .addHelpText("after", "\nExample:\n  $ npm run heartwire -- doctor")
    .action(async ({ json, ...flags }: { readonly json?: boolean; readonly data?: string }) => {
      const findings = await examine(readSettings(process.env, flags) satisfies Settings);
      if (json) console.log(JSON.stringify(findings, null, 2));
      else for (const finding of findings) console.log(describe(finding));
      if (findings.some(({ state }) => state === "wrong")) process.exitCode = 1;
    });
}

const MARKS: Readonly<Record<Finding["state"], string>> = {
  good: "good   ",
  notice: "notice ",
  wrong: "WRONG  ",
};

function describe({ state, about, says, advice }: Finding): string {
  return `${MARKS[state]} ${about}: ${says}${advice === undefined ? "" : `\n         ${advice}`}`;
}
