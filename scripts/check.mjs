// Checks format, lint and types: npm run check.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root, setUp } from "./setup.mjs";

/** Tools that are Node programs, with their words. */
const TOOLS = [
  ["@biomejs/biome/bin/biome", "check", "."],
  ["typescript/bin/tsc", "--noEmit"],
  // What runs in a browser knows a document, and nothing of Bun.
  ["typescript/bin/tsc", "--noEmit", "--project", "src/web"],
];

/** Runs every tool, also after one has found something. @returns whether all of them were content */
export function check() {
  return TOOLS.map(([program, ...words]) => {
    const file = join(root, "node_modules", program);
    const { status } = spawnSync(process.execPath, [file, ...words], { cwd: root, stdio: ["ignore", 2, 2] });
    return status === 0;
  }).every((content) => content);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  setUp();
  process.exit(check() ? 0 : 1);
}
