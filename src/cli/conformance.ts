import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { CannotBegin, CHECKS, type Report, runConformance } from "../conformance/index.ts";
import { isUuid } from "../domain/uuid.ts";
import { type HookFlags, readHooks } from "./conformance/hooks.ts";
import { describeReport, describeResult, toJson, toJUnit } from "./conformance/report.ts";
import { readBaseUrl, readTokenFile } from "./connection.ts";
import { CommandFailure, UsageError } from "./failure.ts";
import { say } from "./say.ts";

interface Flags extends HookFlags {
  readonly base?: string;
  readonly readToken?: string;
  readonly writeToken?: string;
  readonly tokensFile?: string;
  readonly expiredToken?: string;
  readonly room?: string;
  readonly widget?: string;
  readonly only?: string;
  readonly slow?: boolean;
  readonly list?: boolean;
  readonly json?: boolean;
  readonly junit?: string;
}

const NOTES = `
It writes readings of the tokens' user, heart rates of 1 and 65535 among them, and makes widgets: use a user for tests.
Checks that need more than was given (a scope, a room, a hook) are reported as not checked, never as passed.

Hooks are commands. --on-revoke gets the read token on its standard input and uses it up; --on-store-failure and
--on-token-store-failure are called twice, with CONFORMANCE_STEP=begin and CONFORMANCE_STEP=end.

Examples:
  $ npm run heartwire -- conformance --base http://localhost:4327 --read-token UUID --write-token UUID
  $ npm run heartwire -- conformance --tokens-file tokens.txt --only write,latest --junit results.xml
  $ npm run heartwire -- conformance --tokens-file tokens.txt \\
      --on-revoke 'npm run --silent heartwire -- token revoke -'

Exit codes: 0 every check that ran passed, 1 one failed, 2 wrong usage or a token that is refused.`;

/** `heartwire conformance`: checks any server against the Pulsoid wire. */
export function conformanceCommand(): Command {
  return new Command("conformance")
    .description("Check a server, this one or another, against the Pulsoid wire: one sentence a check.")
    .option("--base <address>", "the server (default: as for the other commands)")
    .option("--read-token <uuid>", "a token that may read")
    .option("--write-token <uuid>", "a token of the same user that may write")
    .option("--tokens-file <file>", "tokens of the user, one a line: others cannot see them there")
    .option("--expired-token <uuid>", "a token that has expired")
    .option("--room <id>", "a room in which the user is")
    .option("--widget <id>", "a widget of the user whose link is open")
    .option("--on-revoke <command>", "revokes the token on its standard input")
    .option("--on-restart <command>", "stops the server and starts it again")
    .option("--on-store-failure <command>", "makes the store of readings fail, and work again")
    .option("--on-token-store-failure <command>", "makes the look-up of tokens fail, and work again")
    .option("--only <ids>", "only checks whose ids contain one of these, separated by commas")
    .option("--slow", "also checks that wait for times which the wire names, up to minutes")
    .option("--list", "list the checks and end")
    .option("--json", "print the report as JSON on standard output")
    .option("--junit <file>", "write the report as JUnit XML")
    .addHelpText("after", NOTES)
    .action(conformance);
}

async function conformance(flags: Flags): Promise<void> {
  if (flags.list) {
    for (const { id, source, sentence } of CHECKS) console.log(`${id}: ${sentence} (${source})`);
    return;
  }
  const isColoured = process.stdout.isTTY === true && process.env.NO_COLOR === undefined;
  const report = await check(flags, (text) => (flags.json ? say(text) : console.log(text)), isColoured);
  if (flags.junit !== undefined) writeReport(flags.junit, toJUnit(report));
  if (flags.json) console.log(JSON.stringify(toJson(report), null, 2));
  else console.log(`\n${describeReport(report)}`);
  if (report.failed > 0) process.exitCode = 1;
}

async function check(flags: Flags, tell: (text: string) => void, isColoured: boolean): Promise<Report> {
  const only = flags.only
    ?.split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  if (only !== undefined && !CHECKS.some(({ id }) => only.some((part) => id.includes(part)))) {
    throw new UsageError(`--only: no check has "${flags.only}" in its id. See conformance --list.`);
  }
  const { expiredToken, room, widget } = flags;
  try {
    return await runConformance({
      base: readBaseUrl(flags.base === undefined ? {} : { url: flags.base }),
      tokens: readTokens(flags),
      ...(expiredToken === undefined ? {} : { expiredToken: readUuid("--expired-token", expiredToken) }),
      ...(room === undefined ? {} : { room: readUuid("--room", room) }),
      ...(widget === undefined ? {} : { widget: readUuid("--widget", widget) }),
      ...readHooks(flags),
      ...(only === undefined ? {} : { only }),
      slow: flags.slow === true,
      onResult: (result) => tell(describeResult(result, { isColoured })),
    });
  } catch (error) {
    if (error instanceof CannotBegin) throw new UsageError(error.message);
    throw error;
  }
}

/** @throws UsageError when there is none, or one is no UUID */
function readTokens({ readToken, writeToken, tokensFile }: Flags): readonly string[] {
  const inFile = tokensFile === undefined ? [] : readTokenFile(tokensFile).split("\n");
  const given: readonly (readonly [string, string | undefined])[] = [
    ["--read-token", readToken],
    ["--write-token", writeToken],
    ...inFile.map((line) => ["--tokens-file", line.trim() || undefined] as const),
  ];
  const tokens = given.flatMap(([option, token]) => (token === undefined ? [] : readUuid(option, token)));
  if (tokens.length === 0)
    throw new UsageError("conformance: give --read-token and --write-token, or --tokens-file.");
  return [...new Set(tokens)];
}

function readUuid(option: string, text: string): string {
  if (!isUuid(text.trim())) throw new UsageError(`${option}: expected a UUID of 36 characters.`);
  return text.trim().toLowerCase();
}

function writeReport(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CommandFailure(`The report cannot be written to ${file}: ${(error as Error).message}`);
  }
}
