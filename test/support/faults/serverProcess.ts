import { join } from "node:path";
import type { Subprocess } from "bun";
import type { Limits } from "../../../src/settings/limits.ts";

const CHECKOUT = join(import.meta.dir, "..", "..", "..");
const MAIN = join(CHECKOUT, "src", "cli", "main.ts");
const SERVE_WITH_LIMITS = join(import.meta.dir, "serveWithLimits.ts");

/** How long a server may take to say that it serves, or that it does not: this machine may be busy. */
const PATIENCE_MS = 60_000;

export interface ServerProcessOptions {
  readonly folder: string;
  /** Settings beside a free port on 127.0.0.1. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Limits other than the usual ones, for which `heartwire serve` has no flags. */
  readonly limits?: Partial<Limits>;
  /** The words of a command that runs the command after it, such as nsenter. */
  readonly through?: readonly string[];
}

export interface Ended {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A server in a process of its own, which can be killed. */
export class ServerProcess implements AsyncDisposable {
  readonly #child: Subprocess<"ignore", "pipe", "pipe">;
  readonly #stdout: Promise<string>;
  readonly #stderrEnded: Promise<void>;
  #stderr = "";
  #origin = "";

  private constructor(options: ServerProcessOptions) {
    this.#child = spawn(options, []);
    this.#stdout = new Response(this.#child.stdout).text();
    this.#stderrEnded = this.#collect();
  }

  /** @throws Error with what the server said when it does not serve */
  static async start(options: ServerProcessOptions): Promise<ServerProcess> {
    const server = new ServerProcess(options);
    const until = performance.now() + PATIENCE_MS;
    while (server.#origin === "") {
      server.#origin = /serves at (http:\/\/\S+)\./.exec(server.#stderr)?.[1] ?? "";
      if (server.#origin !== "") break;
      if (server.#child.exitCode !== null || performance.now() > until) {
        await server.kill();
        throw new Error(`the server did not start (exit code ${server.#child.exitCode}):\n${server.#stderr}`);
      }
      await Bun.sleep(5);
    }
    return server;
  }

  get pid(): number {
    return this.#child.pid;
  }

  get origin(): string {
    return this.#origin;
  }

  /** What it printed to stderr so far. */
  get stderr(): string {
    return this.#stderr;
  }

  signal(name: "SIGINT" | "SIGTERM" | "SIGKILL"): void {
    this.#child.kill(name);
  }

  async ended(): Promise<Ended> {
    await this.#child.exited;
    await this.#stderrEnded;
    // Bun gives 128 + signal as the exit code of what a signal ended.
    const exitCode = this.#child.signalCode === null ? this.#child.exitCode : null;
    return { exitCode, stdout: await this.#stdout, stderr: this.#stderr };
  }

  /** `kill -9`; returns when the process is gone. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.exited;
  }

  /** Asks it to end, and waits until it has. */
  async stop(): Promise<void> {
    this.signal("SIGTERM");
    await this.#child.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #collect(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stderr) this.#stderr += decoder.decode(chunk, { stream: true });
  }
}

/** Runs `heartwire serve`, which is expected to end by itself, to its end. */
export async function serveToEnd(
  options: ServerProcessOptions & { readonly flags?: readonly string[] },
): Promise<Ended> {
  const child = spawn(options, options.flags ?? []);
  const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
  const [stdout, stderr] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  clearTimeout(timer);
  return { exitCode: child.signalCode === null ? child.exitCode : null, stdout, stderr };
}

function spawn(
  { folder, environment, limits, through = [] }: ServerProcessOptions,
  flags: readonly string[],
): Subprocess<"ignore", "pipe", "pipe"> {
  const program =
    limits === undefined ? [MAIN, "serve", ...flags] : [SERVE_WITH_LIMITS, JSON.stringify(limits)];
  return Bun.spawn([...through, process.execPath, ...program], {
    cwd: CHECKOUT,
    env: {
      ...ownEnvironment(),
      HEARTWIRE_HOST: "127.0.0.1",
      HEARTWIRE_PORT: "0",
      HEARTWIRE_DATA: folder,
      ...environment,
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
}

/** The environment of this process without the settings of a Heartwire that its user may have. */
function ownEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("HEARTWIRE_")));
}
