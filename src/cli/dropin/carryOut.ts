import { CommandFailure } from "../failure.ts";
import { say } from "../say.ts";
import { isRoot } from "./privilege.ts";
import { quoted, type Step } from "./step.ts";

export interface Manner {
  readonly subcommand: "on" | "off" | "renew";
  /** As an absolute path: it is shown for another shell. */
  readonly dataFolder: string;
  readonly dryRun: boolean;
}

/** Whether nothing is left to do, or the rest needs root, or is to be done by hand whoever runs this. */
export type Outcome = "done" | "needs root" | "by hand";

/**
 * Does what this user may do, and shows the rest as lines for a shell, on stdout. A step that fails does not keep the
 * others from being done, unless they make no sense without it.
 *
 * @throws CommandFailure when a step failed
 */
export function carryOut(steps: readonly Step[], manner: Manner): Outcome {
  const left: Step[] = [];
  const failures: string[] = [];
  for (const [index, step] of steps.entries()) {
    if (manner.dryRun || step.perform === undefined || (step.needsRoot && !isRoot())) {
      left.push(step);
      continue;
    }
    try {
      step.perform();
      say(`Done: ${step.does}.`);
    } catch (error) {
      failures.push(`Failed: ${step.does}. ${(error as Error).message}`);
      if (!step.isEssential) continue;
      failures.push(...steps.slice(index + 1).map(({ does }) => `Not done for that reason: ${does}.`));
      break;
    }
  }
  if (left.length > 0) show(left, manner);
  if (failures.length > 0) {
    throw new CommandFailure(
      [...failures, `What was done is undone by: ${command({ ...manner, subcommand: "off" })}`].join("\n"),
    );
  }
  if (left.length === 0) return "done";
  return isByHand(left) ? "by hand" : "needs root";
}

/** On a system that Heartwire changes nothing of by itself, all of it is. */
function isByHand(steps: readonly Step[]): boolean {
  return steps.every(({ perform }) => perform === undefined);
}

function show(steps: readonly Step[], manner: Manner): void {
  const sudo = isRoot() ? "" : "sudo ";
  if (manner.dryRun) say("This would be done:\n");
  else if (isByHand(steps)) say("\nPaste these lines, as docs/dropin.md says:\n");
  else {
    say("\nThe rest needs the administrator's rights.");
    say(`All of it at once, and the browsers of other users:\n\n${command(manner)}\n`);
    say("By hand:\n");
  }
  for (const { does, needsRoot, lines } of steps) {
    console.log([`# ${does}`, ...lines(needsRoot ? sudo : ""), ""].join("\n"));
  }
}

/** This command for a shell with other rights, which may have another folder, path and environment. */
function command({ subcommand, dataFolder }: Manner): string {
  // Renewing twice would make what is shown here useless.
  const again = subcommand === "renew" ? "on" : subcommand;
  return ["sudo", process.execPath, Bun.main, "dropin", again, "--data", dataFolder].map(quoted).join(" ");
}
