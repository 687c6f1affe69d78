import type { Command } from "commander";
import type { Hook, HookDetails, Hooks } from "../../conformance/index.ts";

export interface HookFlags {
  readonly onRevoke?: string;
  readonly onRestart?: string;
  readonly onStoreFailure?: string;
  readonly onTokenStoreFailure?: string;
  readonly onRoomChange?: string;
  readonly onAuthorize?: string;
}

/** Adds `--on-revoke` and its neighbours to the command. */
export function addHookOptions(command: Command): Command {
  return command
    .option("--on-revoke <command>", "revokes the token that it gets on its standard input")
    .option("--on-restart <command>", "stops the server in an orderly way and starts it again")
    .option(
      "--on-store-failure <command>",
      "makes the store of readings fail (CONFORMANCE_STEP is begin) and work again (end)",
    )
    .option("--on-token-store-failure <command>", "the same for the store of tokens")
    .option("--on-room-change <command>", "changes the room in CONFORMANCE_ROOM as CONFORMANCE_STEP says")
    .option(
      "--on-authorize <command>",
      "opens CONFORMANCE_URL in a browser of the test user, and allows or denies as CONFORMANCE_STEP says",
    );
}

export function readHooks(flags: HookFlags): Hooks {
  return {
    revoke: hookOf(flags.onRevoke),
    restart: hookOf(flags.onRestart),
    storeFailure: hookOf(flags.onStoreFailure),
    tokenStoreFailure: hookOf(flags.onTokenStoreFailure),
    roomChange: hookOf(flags.onRoomChange),
    authorize: hookOf(flags.onAuthorize),
  };
}

/** A command that has not ended by then hangs. */
const HOOK_TIMEOUT_MS = 60_000;

function hookOf(command: string | undefined): Hook | undefined {
  return command === undefined ? undefined : (details) => runCommand(command, details);
}

/**
 * Runs a command of the operator's by their shell. What it prints goes to stderr: stdout is for the report.
 *
 * @throws Error when it does not end with 0, or not in time
 */
async function runCommand(command: string, details: HookDetails): Promise<void> {
  const shell = process.platform === "win32" ? ["cmd", "/c", command] : ["sh", "-c", command];
  const child = Bun.spawn(shell, {
    env: { ...process.env, ...details },
    // As `token revoke -` and other programs take it: the words of a command are seen by others.
    stdin: details.CONFORMANCE_TOKEN === undefined ? "ignore" : Buffer.from(`${details.CONFORMANCE_TOKEN}\n`),
    // By its number, so that a server that the command leaves behind does not keep a pipe of ours open.
    stdout: 2,
    stderr: 2,
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill("SIGKILL");
  }, HOOK_TIMEOUT_MS);
  const code = await child.exited;
  clearTimeout(timer);
  if (isLate) throw new Error(`it did not end within ${HOOK_TIMEOUT_MS / 1000} s`);
  if (code !== 0) throw new Error(`its command ended with ${code}`);
}
