import { expect } from "bun:test";
import { join } from "node:path";

/**
 * Runs a victim of this folder, which kills itself before a statement.
 *
 * @param statement 0 lets it live
 * @returns the lines it printed before it ended
 */
export async function runVictim(victim: string, file: string, statement: number): Promise<string[]> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, victim), file, String(statement)], {
    stdout: "pipe",
    stderr: "inherit",
  });
  const output = await new Response(child.stdout).text();
  await child.exited;
  expect(child.signalCode).toBe(statement === 0 ? null : "SIGKILL");
  return output.split("\n").filter((line) => line !== "");
}
