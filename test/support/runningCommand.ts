import { join } from "node:path";
import type { Subprocess } from "bun";
import { GrowingText } from "./growingText.ts";

export const CHECKOUT = join(import.meta.dir, "..", "..");

export interface Finished {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command in a process of its own, as somebody at a shell runs it, with nothing set but what is named here. */
export class RunningCommand implements AsyncDisposable {
  readonly stdout: GrowingText;
  readonly stderr: GrowingText;
  readonly #child: Subprocess<"pipe", "pipe", "pipe">;

  /** Starts it in the checkout, and in a process group of its own, as a shell does. */
  constructor(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.#child = Bun.spawn([...words], {
      cwd: CHECKOUT,
      env: { PATH: process.env.PATH, ...environment },
      stdin: "pipe",
      stdout: "pipe",
      stderr: "pipe",
      detached: true,
    });
    this.stdout = new GrowingText(this.#child.stdout);
    this.stderr = new GrowingText(this.#child.stderr);
  }

  type(text: string): void {
    this.#child.stdin.write(text);
    this.#child.stdin.flush();
  }

  /** Ctrl-C as a terminal passes it on: to every process of the group. */
  interrupt(): void {
    process.kill(-this.#child.pid, "SIGINT");
  }

  async ended(): Promise<Finished> {
    await Promise.all([this.#child.exited, this.stdout.ended, this.stderr.ended]);
    // Bun gives 128 + signal as the exit code of what a signal ended.
    const exitCode = this.#child.signalCode === null ? this.#child.exitCode : null;
    return { exitCode, stdout: this.stdout.text, stderr: this.stderr.text };
  }

  /** Ends the whole group, so that nothing outlives a test that fails. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      process.kill(-this.#child.pid, "SIGKILL");
    } catch {
      // The group is gone already.
    }
    await this.#child.exited;
  }
}

/** Starts `heartwire` with these words. */
export function startHeartwire(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): RunningCommand {
  return new RunningCommand([process.execPath, join("src", "cli", "main.ts"), ...words], environment);
}

/** Runs a command to its end. */
export async function runToEnd(command: RunningCommand): Promise<Finished> {
  await using running = command;
  return await running.ended();
}
