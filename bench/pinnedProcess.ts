import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { CommandFailure } from "../src/cli/failure.ts";

/** The server under test has this core for itself... */
export const SERVER_CORE = 0;

/** ...and whatever makes the load has this one. */
export const LOAD_CORE = 1;

/** A server gets this long to leave after SIGTERM before it is killed. */
const STOP_TIMEOUT_MS = 10_000;

/** A server gets this long to answer after its start. */
const READY_TIMEOUT_MS = 60_000;

const running = new Set<PinnedProcess>();

export interface PinnedCommand {
  readonly command: readonly string[];
  readonly core: number;
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Where its output goes; shown when it does not start. */
  readonly logFile: string;
}

/** Puts `taskset` before a command. @throws CommandFailure when the machine has too few cores */
export function pinnedTo(core: number, command: readonly string[]): string[] {
  if (cpus().length < 2)
    throw new CommandFailure("This needs two cores: one for the server, one for the load.");
  return ["taskset", "-c", String(core), ...command];
}

/** A process on one core. `taskset` becomes the command it starts, so the process id is the command's. */
export class PinnedProcess {
  readonly #child: Bun.Subprocess;
  readonly #logFile: string;

  constructor(start: PinnedCommand) {
    const log = Bun.file(start.logFile);
    this.#logFile = start.logFile;
    this.#child = Bun.spawn(pinnedTo(start.core, start.command), {
      cwd: start.folder,
      env: { ...process.env, ...start.environment },
      stdin: "ignore",
      stdout: log,
      stderr: log,
    });
    running.add(this);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Waits until `probe` says yes. @throws CommandFailure when the process ends first or takes too long */
  async ready(probe: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + READY_TIMEOUT_MS;
    for (;;) {
      if (await probe().catch(() => false)) return;
      const log = () => readFileSync(this.#logFile, "utf8").slice(-2000);
      if (this.#child.exitCode !== null) throw new CommandFailure(`The server ended at its start:\n${log()}`);
      if (Date.now() > deadline) throw new CommandFailure(`The server did not become ready:\n${log()}`);
      await Bun.sleep(20);
    }
  }

  /** Asks the process to end, and kills it when it does not. */
  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    const impatience = setTimeout(() => this.#child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    await this.#child.exited;
    clearTimeout(impatience);
    running.delete(this);
  }
}

/** Stops whatever a benchmark left running when it failed or was interrupted. */
export async function stopRunningProcesses(): Promise<void> {
  await Promise.all([...running].map((one) => one.stop()));
}

/** A probe for {@link PinnedProcess.ready}: does this address answer with a status below 300? */
export function answers(url: string): () => Promise<boolean> {
  return async () => (await fetch(url)).ok;
}
