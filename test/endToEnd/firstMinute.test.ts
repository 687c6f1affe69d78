import { afterEach, beforeEach, expect, test } from "bun:test";
import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { hasProgram } from "../support/programs.ts";
import { latest } from "../support/requests.ts";
import { RunningCommand, runToEnd } from "../support/runningCommand.ts";
import { throwAwayFolder } from "../support/server.ts";
import { CTRL_C, openTerminal, plainLines } from "../support/terminal.ts";

const TEST_MS_MAX = 60_000;

/** What `npm start` runs. */
const SERVE = ["node", join("scripts", "heartwire.mjs"), "serve"];

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;
const SERVES = /Heartwire serves at (http:\S+)\. Ctrl-C ends it\./;

let folder = "";
let environment: Record<string, string> = {};
beforeEach(() => {
  folder = throwAwayFolder();
  environment = { HEARTWIRE_PORT: "0", HEARTWIRE_DATA: folder };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test(
  "the first start on a terminal shows once how to begin, and the curl command that it shows works as it is",
  async () => {
    if (!hasProgram("curl", "curl")) return;
    await using terminal = openTerminal(SERVE.join(" "), environment);
    if (terminal === undefined) return;
    const origin = (await terminal.stdout.until(SERVES))[1] as string;
    const shown = plainLines(terminal.stdout.text);
    const token = /^ +Token +(\S+)$/m.exec(shown)?.[1] as string;
    expect(token).toMatch(UUID);
    expect(shown).toContain(`\n  Address  ${origin}\n`);
    // Not the usual port: the commands must be told.
    expect(shown).toContain(`\n  export HEARTWIRE_URL=${origin}\n  export HEARTWIRE_DATA=${folder}\n`);
    for (const once of ["Address  ", "Token  ", "curl "]) expect(shown.split(once)).toHaveLength(2);

    const command = /^curl .*\\\n.*\\\n.*$/m.exec(shown)?.[0] as string;
    const sentAt = Date.now();
    const { exitCode, stdout } = await runToEnd(new RunningCommand(["bash", "-c", command]));
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "{}" });
    const reading = await latest(origin, token);
    expect(reading?.data).toEqual({ heart_rate: 72 });
    // The command gives whole seconds.
    expect(reading?.measured_at).toBeGreaterThan(sentAt - 1_000);
    expect(reading?.measured_at).toBeLessThanOrEqual(Date.now());
    expect(await endedByCtrlC(terminal)).toContain("Stopped.\n");

    // The token was shown once, and still works.
    await using second = openTerminal(SERVE.join(" "), environment) as RunningCommand;
    const secondOrigin = (await second.stdout.until(SERVES))[1] as string;
    expect((await latest(secondOrigin, token))?.data).toEqual({ heart_rate: 72 });
    const all = await endedByCtrlC(second);
    expect(all).not.toMatch(UUID);
    expect(all).not.toMatch(/curl|first.run/i);
  },
  TEST_MS_MAX,
);

test(
  "without a terminal the first token goes into a file that only its owner can read, and Ctrl-C ends in order",
  async () => {
    await using server = new RunningCommand(SERVE, environment);
    const origin = (await server.stderr.until(SERVES))[1] as string;
    const file = join(folder, "first-run.txt");
    expect(server.stderr.text).toContain(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const token = UUID.exec(readFileSync(file, "utf8"))?.[0] as string;
    expect(await latest(origin, token)).toBeUndefined();

    server.interrupt();
    const { exitCode, stdout, stderr } = await server.ended();
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "" });
    expect(stderr).toEndWith("Stopped.\n");
    expect(stderr).not.toMatch(UUID);
  },
  TEST_MS_MAX,
);

/** Types Ctrl-C. @returns all that the terminal has shown */
async function endedByCtrlC(terminal: RunningCommand): Promise<string> {
  terminal.type(CTRL_C);
  const { exitCode, stdout, stderr } = await terminal.ended();
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return plainLines(stdout);
}
