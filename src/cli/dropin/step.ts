import { CommandFailure } from "../failure.ts";

/** One thing that is done to this machine, or undone. */
export interface Step {
  /** What it does, such as "Trust the authority in the system". */
  readonly does: string;
  readonly needsRoot: boolean;
  /** The same for a shell, to be pasted. @param sudo what stands before a command that needs root */
  readonly lines: (sudo: string) => readonly string[];
  /** Absent where it is only shown, to be done by hand. @throws CommandFailure that says what went wrong */
  readonly perform?: () => void;
  /** Whether what comes after it makes no sense without it. */
  readonly isEssential?: true;
}

/** A step that is nothing but its lines: what is shown is what is run. */
export function shellStep(step: Omit<Step, "perform">): Step {
  return { ...step, perform: () => runLines(step.lines("")) };
}

/** Programs for administrators are not on everybody's path. */
const PATH = [process.env.PATH, "/usr/sbin", "/sbin"].filter(Boolean).join(":");

export function hasProgram(name: string): boolean {
  return Bun.which(name, { PATH }) !== null;
}

/** @throws CommandFailure with what the first line that failed printed */
function runLines(lines: readonly string[]): void {
  for (const line of lines) {
    const { exitCode, stdout, stderr } = run(["sh", "-c", line]);
    if (exitCode !== 0) throw new CommandFailure(`${line}\n${`${stderr}${stdout}`.trim()}`);
  }
}

/** Runs a program to its end, with nothing to read. */
export function run(words: readonly string[]): {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
} {
  const { exitCode, stdout, stderr } = Bun.spawnSync([...words], { env: { ...process.env, PATH } });
  return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
}

/** A word of a shell's line that means just itself. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
