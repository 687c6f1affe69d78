import { cpus, loadavg, release, totalmem } from "node:os";

/** The load when the program began, before it made any. */
const loadAtStart = loadavg()[0] ?? Number.NaN;

/** What a reader must know to judge a number. */
export function machineLines(): string[] {
  const model = cpus()[0]?.model ?? "unknown processor";
  return [
    `Machine: ${model}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB memory, Linux ${release()}`,
    `Date: ${new Date().toISOString().slice(0, 10)}, Bun ${Bun.version}, load average at the start ${loadAtStart.toFixed(2)}`,
  ];
}

/** First match of a pattern in what a program prints, stdout or stderr; undefined when it is not installed. */
export function programVersion(command: readonly string[], pattern: RegExp): string | undefined {
  if (Bun.which(command[0]!) === null) return undefined;
  const result = Bun.spawnSync([...command], { stdout: "pipe", stderr: "pipe" });
  const output = `${result.stdout.toString()}${result.stderr.toString()}`;
  return pattern.exec(output)?.[1] ?? "of unknown version";
}
