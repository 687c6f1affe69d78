import { spawn } from "node:child_process";
import { setUp } from "./setup.mjs";

/** Runs Bun with these words, passes signals on to it, and ends as it ends. */
export function runOnBun(words, options = {}) {
  const child = spawn(setUp(), words, { stdio: "inherit", ...options });
  // Ctrl-C reaches the child from the terminal itself; a signal sent to this process alone must be passed on.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(signal === null ? code : 1));
}
