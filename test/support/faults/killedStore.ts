import { join } from "node:path";
import { between, type Random } from "../../../src/domain/random.ts";

const LIVED_MS_MAX = 250;

/**
 * Lets a process do the script of sealing to a store, and kills it with SIGKILL at some moment after its first answer.
 *
 * @param from the operation with which it starts
 * @returns the operation that was not answered
 */
export async function killedAtRandom(file: string, from: number, random: Random): Promise<number> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "endlessVictim.ts"), file, String(from)], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const decoder = new TextDecoder();
  let output = "";
  for await (const bytes of child.stdout) {
    if (output === "") setTimeout(() => child.kill("SIGKILL"), between(random, 0, LIVED_MS_MAX));
    output += decoder.decode(bytes, { stream: true });
  }
  await child.exited;
  if (child.signalCode !== "SIGKILL") throw new Error(`the store ended by itself: ${child.exitCode}`);
  // A line that was cut is one that was not answered.
  return from + output.split("\n").length - 1;
}
