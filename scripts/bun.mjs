// Sets up, then runs a TypeScript file on Bun: node scripts/bun.mjs FILE ARGUMENTS...
import { runOnBun } from "./run.mjs";

runOnBun(process.argv.slice(2));
