import { spawn } from "node:child_process";
import { setUp } from "./setup.mjs";

/**
 * How much memory Bun's garbage collector takes the machine to have. By itself it goes by what the machine really has,
 * and on a large one lets garbage pile up far past the processor's caches: more memory for the same speed.
 */
const COLLECTOR_MEMORY_BYTES = 400_000_000;

/** The environment that every process of Heartwire gets; what the caller has set wins. */
export const BUN_ENVIRONMENT = { BUN_JSC_forceRAMSize: String(COLLECTOR_MEMORY_BYTES) };

/** Runs Bun with these words, passes signals on to it, and ends as it ends. */
export function runOnBun(words, options = {}) {
  const child = spawn(setUp(), words, {
    stdio: "inherit",
    env: { ...BUN_ENVIRONMENT, ...process.env },
    ...options,
  });
  // Ctrl-C reaches the child from the terminal itself; a signal sent to this process alone must be passed on.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(signal === null ? code : 1));
}
