/**
 * How many files and connections this process may have open at once. Bun raises the soft limit to the hard one at its
 * start, and what it starts inherits that: so a shell tells both.
 *
 * @returns Infinity where there is no limit, or none that can be learned
 */
export function openFilesMax(): number {
  if (process.platform === "win32") return Number.POSITIVE_INFINITY;
  const { stdout } = Bun.spawnSync(["sh", "-c", "ulimit -n"]);
  const text = stdout.toString().trim();
  return /^\d+$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
}
