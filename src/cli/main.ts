import { Command, CommanderError } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { ListenFailure } from "../listenFailure.ts";
import { UnusableSetting } from "../settings/unusableSetting.ts";
import { StoreUnavailable } from "../storage/readingStore.ts";
import { conformanceCommand } from "./conformance.ts";
import { doctorCommand } from "./doctor.ts";
import { dropinCommand } from "./dropin.ts";
import { CommandFailure, UsageError } from "./failure.ts";
import { roomCommand } from "./room.ts";
import { say } from "./say.ts";
import { sendCommand } from "./send.ts";
import { serveCommand } from "./serve.ts";
import { simulateCommand } from "./simulate.ts";
import { makeLocalTokens } from "./simulating/localTokens.ts";
import { tokenCommand } from "./token.ts";
import { userCommand } from "./user.ts";
import { watchCommand } from "./watch.ts";
import { widgetCommand } from "./widget.ts";
import { wrapParagraphs } from "./wrapParagraphs.ts";

const FAILED = 1;
const WRONG_USAGE = 2;
const EXIT_CODES = "\nExit codes: 0 done, 1 failed, 2 wrong usage.";

export function heartwireCommand(): Command {
  const program = new Command("heartwire")
    .description("An open, self-hosted heart-rate platform that speaks the Pulsoid API.")
    .version(packageJson.version)
    .exitOverride()
    .addHelpText("after", "\nExample, from a checkout:\n  $ npm run heartwire -- serve");
  const commands = [
    serveCommand(),
    tokenCommand(),
    userCommand(),
    roomCommand(),
    widgetCommand(),
    sendCommand(),
    simulateCommand(makeLocalTokens),
    watchCommand(),
    conformanceCommand(),
    doctorCommand(),
    dropinCommand(),
  ];
  for (const command of commands) program.addCommand(command);
  for (const command of [...commands, ...commands.flatMap(({ commands }) => commands)]) {
    command
      .exitOverride()
      .configureOutput({ writeOut: (text) => process.stdout.write(wrapParagraphs(text)) })
      .showHelpAfterError("(add --help for what this command takes)");
  }
  program.addHelpText("afterAll", EXIT_CODES);
  return program;
}

/** @returns the exit code */
async function run(program: Command, words: readonly string[]): Promise<number> {
  try {
    await program.parseAsync(words, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return report(error);
  }
}

function report(error: unknown): number {
  // Commander has printed its own message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UsageError || error instanceof UnusableSetting) {
    say(message);
    return WRONG_USAGE;
  }
  const expected = [CommandFailure, StoreUnavailable, ListenFailure].some((type) => error instanceof type);
  say(expected || !(error instanceof Error) ? message : (error.stack ?? message));
  return FAILED;
}

if (import.meta.main) {
  // Whatever a command writes is health data or a secret: for its user alone, in a folder of others too.
  process.umask(0o077);
  process.exit(await run(heartwireCommand(), process.argv.slice(2)));
}
