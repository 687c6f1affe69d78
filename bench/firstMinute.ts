import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command } from "commander";
import { CommandFailure } from "../src/cli/failure.ts";
import { publish } from "./results.ts";
import { decimal, markdownTable } from "./table.ts";
import { checkout, freePort, progress, throwAwayFolder } from "./workspace.ts";

const SECONDS_MAX = 60;

/** After this the start is called a failure. */
const PATIENCE_MS = 300_000;

const POLL_MS = 20;

interface FirstMinuteOptions {
  readonly workingTree?: true;
  readonly warmCache?: true;
  readonly save: boolean;
}

export function firstMinuteCommand(): Command {
  return new Command("first-minute")
    .description("Time npm start on a fresh clone to the first reading answered 200, and a second start")
    .option("--working-tree", "copy the files as they are now instead of cloning the last commit")
    .option("--warm-cache", "use npm's cache of this machine instead of an empty one")
    .option("--no-save", "print the table and leave bench/RESULTS.md as it is")
    .addHelpText("after", "\nExample:\n  $ npm run bench -- first-minute")
    .action(timeFirstMinute);
}

async function timeFirstMinute({ workingTree, warmCache, save }: FirstMinuteOptions): Promise<void> {
  const folder = throwAwayFolder("first-minute");
  const clone = join(folder, "clone");
  if (workingTree) copyWorkingTree(clone);
  else runGit(["clone", "--quiet", "--no-hardlinks", checkout, clone]);
  const environment = warmCache ? {} : { npm_config_cache: join(folder, "npm-cache") };
  const firstSeconds = await secondsToFirstReading(clone, environment);
  progress(`first start: ${decimal(firstSeconds, 1)} s`);
  const secondSeconds = await secondsToFirstReading(clone, environment);
  const rows = [
    [`first start, ${warmCache ? "npm's cache warm" : "npm's cache empty"}`, decimal(firstSeconds, 1)],
    ["second start", decimal(secondSeconds, 1)],
  ];
  const table = markdownTable(
    [{ heading: "npm start to the first reading answered 200" }, { heading: "s", numeric: true }],
    rows,
  );
  const verdict = firstSeconds < SECONDS_MAX ? "" : ", which is too slow";
  const body = `${table}\n\nWanted: under ${SECONDS_MAX} s. Measured: ${decimal(firstSeconds, 1)} s${verdict}.`;
  publish({ title: "First minute", body }, { save });
}

/** What a commit of everything would hold: tracked and new files, without ignored ones. */
function copyWorkingTree(target: string): void {
  const listing = runGit(["-C", checkout, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
  for (const file of listing.split("\0").filter((name) => name !== "" && existsSync(join(checkout, name)))) {
    mkdirSync(dirname(join(target, file)), { recursive: true });
    cpSync(join(checkout, file), join(target, file));
  }
}

function runGit(words: readonly string[]): string {
  const { exitCode, stdout, stderr } = Bun.spawnSync(["git", ...words]);
  if (exitCode !== 0) throw new CommandFailure(`git failed: ${stderr.toString().trim()}`);
  return stdout.toString();
}

/** Starts the clone as a newcomer does, sends one reading with the token of the first run, and stops it. */
async function secondsToFirstReading(clone: string, environment: Record<string, string>): Promise<number> {
  const port = freePort();
  const startedAt = performance.now();
  // A process group of its own: npm, its shell, node and the server end together.
  const npm = spawn("npm", ["start"], {
    cwd: clone,
    env: { ...process.env, ...environment, HEARTWIRE_PORT: `${port}`, HEARTWIRE_DATA: join(clone, "data") },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [npm.stdout, npm.stderr]) stream?.on("data", (text: Buffer) => (output += text));
  try {
    while (!(await isReadingAccepted(clone, port))) {
      if (npm.exitCode !== null) throw new CommandFailure(`npm start ended:\n${output.slice(-2000)}`);
      if (performance.now() - startedAt > PATIENCE_MS)
        throw new CommandFailure(`Not ready:\n${output.slice(-2000)}`);
      await Bun.sleep(POLL_MS);
    }
    return (performance.now() - startedAt) / 1000;
  } finally {
    await endGroup(npm);
  }
}

async function isReadingAccepted(clone: string, port: number): Promise<boolean> {
  const firstRun = join(clone, "data", "first-run.txt");
  if (!existsSync(firstRun)) return false;
  const token = /Bearer ([0-9a-f-]{36})/.exec(readFileSync(firstRun, "utf8"))?.[1];
  if (token === undefined) return false;
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/data`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ measured_at: Date.now(), data: { heart_rate: 75 } }),
  }).catch(() => undefined);
  return answer?.status === 200;
}

/** Interrupts everything that npm started, as Ctrl-C in a terminal does, and waits until all of it has ended. */
async function endGroup(leader: ChildProcess): Promise<void> {
  if (leader.pid === undefined) return;
  signalGroup(leader.pid, "SIGINT");
  while (signalGroup(leader.pid, 0)) await Bun.sleep(POLL_MS);
}

/** @returns false when the group has no process any more */
function signalGroup(leader: number, signal: "SIGINT" | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}
