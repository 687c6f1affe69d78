import type { Hooks } from "../../conformance/index.ts";

/** Commands that the operator gave, as the kit calls them. */
export interface HookFlags {
  readonly onRevoke?: string;
  readonly onRestart?: string;
  readonly onStoreFailure?: string;
  readonly onTokenStoreFailure?: string;
}

/** A hook that takes longer than this hangs. */
const HOOK_TIMEOUT_MS = 120_000;

export function readHooks({ onRevoke, onRestart, onStoreFailure, onTokenStoreFailure }: HookFlags): Hooks {
  return {
    ...(onRevoke === undefined ? {} : { onRevoke: (token) => run(onRevoke, { input: `${token}\n` }) }),
    ...(onRestart === undefined ? {} : { onRestart: () => run(onRestart) }),
    ...(onStoreFailure === undefined ? {} : { onStoreFailure: (step) => run(onStoreFailure, { step }) }),
    ...(onTokenStoreFailure === undefined
      ? {}
      : { onTokenStoreFailure: (step) => run(onTokenStoreFailure, { step }) }),
  };
}

/** @throws Error when the command fails: then the check fails that called it */
async function run(command: string, { input = "", step = "" } = {}): Promise<void> {
  const shell = process.platform === "win32" ? ["cmd", "/c", command] : ["sh", "-c", command];
  const child = Bun.spawn(shell, {
    env: { ...process.env, CONFORMANCE_STEP: step },
    stdin: Buffer.from(input),
    stdout: 2,
    stderr: 2,
    timeout: HOOK_TIMEOUT_MS,
  });
  const code = await child.exited;
  if (code !== 0) throw new Error(`the command of the hook ended with ${code}: ${command}`);
}
