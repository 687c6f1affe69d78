import { join } from "node:path";

const CHECKOUT = join(import.meta.dir, "../../..");

/** A token that must never be seen in what a command prints. */
export const TOKEN = "8c4da3ce-7ed7-4a19-a1f1-058498661e45";

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly finished: Promise<Finished>;
  /** Writes to the command's standard input. */
  write(text: string): void;
  /** Ends the command's standard input. */
  end(): void;
  signal(name: "SIGINT" | "SIGTERM" | "SIGHUP"): void;
}

/** Starts `heartwire send` as a user would: as a process of its own. */
export function startSend(url: string, ...args: string[]): Running {
  const child = Bun.spawn([process.execPath, "src/cli/main.ts", "send", ...args], {
    cwd: CHECKOUT,
    env: { PATH: process.env.PATH ?? "", HEARTWIRE_URL: url, HEARTWIRE_TOKEN: TOKEN },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
  const finish = async () => {
    const output = [new Response(child.stdout).text(), new Response(child.stderr).text()] as const;
    const [stdout, stderr] = await Promise.all(output);
    return { code: await child.exited, stdout, stderr };
  };
  return {
    finished: finish(),
    write(text) {
      // A command that has seen enough ends without reading the rest.
      void Promise.resolve(child.stdin.write(text)).catch(() => {});
      void Promise.resolve(child.stdin.flush()).catch(() => {});
    },
    end: () => void Promise.resolve(child.stdin.end()).catch(() => {}),
    signal: (name) => child.kill(name),
  };
}

/** Runs `heartwire send` to its end, with this text as standard input. */
export function runSend(url: string, args: readonly string[], input = ""): Promise<Finished> {
  const running = startSend(url, ...args);
  if (input !== "") running.write(input);
  running.end();
  return running.finished;
}

/** Lines of NDJSON, one for each pair of time and rate. */
export function ndjson(...readings: readonly (readonly [measuredAt: number, heartRate: number])[]): string {
  return readings.map(([time, rate]) => `{"measured_at":${time},"data":{"heart_rate":${rate}}}\n`).join("");
}

/** Readings one second apart from a time in 2024, with rates that differ. */
export function secondsOfPulse(count: number): [measuredAt: number, heartRate: number][] {
  return Array.from({ length: count }, (_, index) => [1709312400000 + index * 1_000, 60 + (index % 100)]);
}

/** Waits until something holds, for four seconds at most. */
export async function until(holds: () => boolean): Promise<void> {
  const endsAtMs = performance.now() + 4_000;
  while (!holds()) {
    if (performance.now() > endsAtMs) throw new Error(`It did not come true in time: ${holds}`);
    await Bun.sleep(5);
  }
}
