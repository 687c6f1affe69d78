import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { throwAwayFolder } from "../server.ts";

/** Ways to a mount namespace of one's own: as any user, where the system allows it, or as root. */
const WAYS = [
  {
    unshare: ["unshare", "--user", "--map-root-user", "--mount"],
    enter: ["--user", "--preserve-credentials"],
  },
  { unshare: ["unshare", "--mount"], enter: [] },
] as const;

const MOUNT = 'mount -t tmpfs -o "size=$2" heartwire-test "$1" && echo mounted && exec cat';

/**
 * A small disk (tmpfs) that only the processes in its mount namespace see. It is gone with the last of them: the
 * process that holds it ends when its stdin does, and so also when this process dies.
 */
export class SmallDisk implements AsyncDisposable {
  /** Where the disk lies, for processes that run on it. */
  readonly path: string;
  readonly #holder: Subprocess<"pipe", "pipe", "ignore">;
  readonly #enter: readonly string[];

  private constructor(path: string, holder: Subprocess<"pipe", "pipe", "ignore">, enter: readonly string[]) {
    this.path = path;
    this.#holder = holder;
    this.#enter = enter;
  }

  /**
   * @returns undefined, after a line that says so, where this machine allows us no mount namespace
   * @throws Error instead in CI, where every test has to run
   */
  static async mount(sizeBytes: number): Promise<SmallDisk | undefined> {
    const disk = process.platform === "linux" ? await SmallDisk.#tryEveryWay(sizeBytes) : undefined;
    if (disk !== undefined) return disk;
    const explanation = "This machine allows us no mount namespace (unshare), and so no small disk to fill.";
    if (process.env.CI === "true") throw new Error(explanation);
    console.error(`${explanation} This test passes without having run.`);
    return undefined;
  }

  static async #tryEveryWay(sizeBytes: number): Promise<SmallDisk | undefined> {
    const path = throwAwayFolder();
    for (const { unshare, enter } of WAYS) {
      const holder = hold(unshare, path, sizeBytes);
      if (holder === undefined) break;
      const { value } = await holder.stdout.getReader().read();
      if (value !== undefined) return new SmallDisk(path, holder, enter);
      await holder.exited;
    }
    rmSync(path, { recursive: true, force: true });
    return undefined;
  }

  /** Words that run the command after them on this disk. */
  get through(): readonly string[] {
    return ["nsenter", `--target=${this.#holder.pid}`, "--mount", ...this.#enter, "--"];
  }

  /** A path on the disk as this process, outside of the namespace, reaches it: for plain files, not for SQLite. */
  seen(name: string): string {
    return join(`/proc/${this.#holder.pid}/root`, this.path, name);
  }

  /** Runs a command on the disk. @throws Error with what it said when it fails */
  async run(...words: readonly string[]): Promise<void> {
    const child = Bun.spawn([...this.through, ...words], { stdout: "ignore", stderr: "pipe" });
    const stderr = await new Response(child.stderr).text();
    if ((await child.exited) !== 0) throw new Error(`${words.join(" ")}: ${stderr}`);
  }

  /** Copies a folder off the disk into another one. */
  async copy(name: string, target: string): Promise<void> {
    // cp, because runtimes' own copying takes a path through /proc for something else.
    const child = Bun.spawn(["cp", "-r", `${this.seen(name)}/.`, target], { stderr: "inherit" });
    if ((await child.exited) !== 0) throw new Error(`${name} could not be copied`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#holder.kill("SIGKILL");
    await this.#holder.exited;
    rmSync(this.path, { recursive: true, force: true });
  }
}

function hold(
  unshare: readonly string[],
  path: string,
  sizeBytes: number,
): Subprocess<"pipe", "pipe", "ignore"> | undefined {
  try {
    return Bun.spawn([...unshare, "sh", "-c", MOUNT, "sh", path, String(sizeBytes)], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "ignore",
    });
  } catch {
    return undefined; // There is no such program.
  }
}
