import { Command } from "commander";
import { CommandFailure } from "../src/cli/failure.ts";
import { fanOutCommand } from "./fanout/fanout.ts";
import { firstMinuteCommand } from "./firstMinute.ts";
import { layoutsCommand } from "./layouts/layouts.ts";
import { memoryCommand } from "./memory.ts";
import { stopRunningProcesses } from "./pinnedProcess.ts";
import { sealedCommand } from "./sealed/sealed.ts";
import { sealingWritesCommand } from "./sealed/sealingWrites.ts";
import { sizeCommand } from "./size.ts";
import { stagesCommand } from "./stages/stages.ts";
import { removeThrowAwayFolders } from "./workspace.ts";
import { writesCommand } from "./writes/writes.ts";

/** `npm run bench -- <benchmark>`: measures this server. Linux only: it pins processes and reads /proc. */
const program = new Command("bench")
  .description("Measure Heartwire. Run it on a machine that does nothing else.")
  .addCommand(writesCommand())
  .addCommand(fanOutCommand())
  .addCommand(stagesCommand())
  .addCommand(layoutsCommand())
  .addCommand(sizeCommand())
  .addCommand(sealedCommand())
  .addCommand(sealingWritesCommand())
  .addCommand(memoryCommand())
  .addCommand(firstMinuteCommand());

async function cleanUp(): Promise<void> {
  await stopRunningProcesses();
  removeThrowAwayFolders();
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void cleanUp().finally(() => process.exit(1)));
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(
    error instanceof CommandFailure ? `${error.message}\n` : `${(error as Error).stack}\n`,
  );
} finally {
  await cleanUp();
}
