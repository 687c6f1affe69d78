import { hasProgram } from "./programs.ts";
import { RunningCommand } from "./runningCommand.ts";

/** What Ctrl-C is to a terminal: the character 3. */
export const CTRL_C = "\x03";

/**
 * Starts a command on a terminal of its own (a pseudo-terminal that `script` of util-linux makes), which passes on
 * what is typed, and ends as the command ends. What the command prints comes as stdout, with CR LF as line ends.
 *
 * @returns undefined, after a line that says so, where there is no such program
 * @throws Error instead in CI, where every test has to run
 */
export function openTerminal(
  command: string,
  environment: Readonly<Record<string, string>>,
): RunningCommand | undefined {
  // Other systems have a program of that name too, with other words.
  if (!hasProgram(process.platform === "linux" ? "script" : "script of Linux", "util-linux"))
    return undefined;
  // exec, because a shell in between would take Ctrl-C for itself too, and end with its own code.
  return new RunningCommand(["script", "-qfec", `exec ${command}`, "/dev/null"], environment);
}

/** What a terminal shows, without colours and with the line ends of a file. */
export function plainLines(shown: string): string {
  return Bun.stripANSI(shown).replaceAll("\r\n", "\n");
}
