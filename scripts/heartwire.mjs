#!/usr/bin/env node
// The command `heartwire`: sets up where needed, then runs src/cli/main.ts on Bun, in the folder of the caller.
import { join } from "node:path";
import { runOnBun } from "./run.mjs";
import { root } from "./setup.mjs";

// npm runs scripts in the checkout; the caller's folder is what file names and ./data mean to the caller.
const folder = process.env.npm_lifecycle_event === "start" ? root : (process.env.INIT_CWD ?? process.cwd());
runOnBun([join(root, "src", "cli", "main.ts"), ...process.argv.slice(2)], { cwd: folder });
