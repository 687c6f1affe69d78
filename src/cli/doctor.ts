import { Command } from "commander";
import type { FlagValues } from "../settings/settings.ts";
import { examine } from "./doctor/examine.ts";
import type { Finding } from "./doctor/finding.ts";
import { addSettings, settingsOf } from "./settingsOptions.ts";

/** `heartwire doctor`: says in words what is wrong with this installation. Exit code 1 when something is. */
export function doctorCommand(): Command {
  const command = new Command("doctor")
    .description("Say what is wrong with this installation, and what to do. Changes nothing.")
    .option("--json", "print a JSON array of findings");
  return addSettings(command, ["data", "port", "host"])
    .addHelpText("after", "\nExample:\n  $ npm run heartwire -- doctor")
    .action(async ({ json, ...flags }: FlagValues & { readonly json?: boolean }) => {
      const findings = await examine(settingsOf(flags));
      if (json) console.log(JSON.stringify(findings, null, 2));
      else for (const finding of findings) console.log(describe(finding));
      if (findings.some(({ state }) => state === "wrong")) process.exitCode = 1;
    });
}

const MARK_WIDTH = 8;

const MARKS: Readonly<Record<Finding["state"], string>> = {
  good: "good",
  notice: "notice",
  wrong: "WRONG",
};

/** Says and advice stand below each other, so that the marks can be read down the edge. */
function describe({ state, about, says, advice }: Finding): string {
  const lines = [`${about}: ${says}`, ...(advice === undefined ? [] : [advice])];
  return lines.map((line, index) => (index === 0 ? MARKS[state] : "").padEnd(MARK_WIDTH) + line).join("\n");
}
