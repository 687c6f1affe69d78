import { join } from "node:path";

const CHECKOUT = join(import.meta.dir, "..", "..");
const MAIN = join(CHECKOUT, "src", "cli", "main.ts");

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface HowToRun {
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** The words of a command that runs the command after it, such as setpriv. */
  readonly through?: readonly string[];
}

/** Runs any `heartwire` command to its end, as a user would: as a process of its own. */
export async function runHeartwire(words: readonly string[], how: HowToRun = {}): Promise<Finished> {
  const { environment, input = "", through = [] } = how;
  const child = Bun.spawn([...through, process.execPath, MAIN, ...words], {
    cwd: CHECKOUT,
    env: { PATH: process.env.PATH ?? "", ...environment },
    stdin: Buffer.from(input),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { code: await child.exited, stdout, stderr };
}
