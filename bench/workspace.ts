import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

/** The checkout this program lies in. */
export const checkout = join(import.meta.dir, "..");

/** Everything a benchmark writes, apart from its results, lies here; git ignores it. */
export const workFolder = join(import.meta.dir, ".work");

const thrownAway: string[] = [];

/** Makes an empty folder that {@link removeThrowAwayFolders} takes away again. */
export function throwAwayFolder(name: string): string {
  mkdirSync(workFolder, { recursive: true });
  const folder = mkdtempSync(join(workFolder, `${name}-`));
  thrownAway.push(folder);
  return folder;
}

/** Removes the folders of this run; each is also gone early when its round removes it. */
export function removeThrowAwayFolders(): void {
  for (const folder of thrownAway.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A port of the loopback interface that nobody held a moment ago. */
export function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const port = listener.port;
  listener.stop(true);
  return port;
}

/** Says what is going on. Progress goes to stderr, tables to stdout. */
export function progress(message: string): void {
  process.stderr.write(`${message}\n`);
}
