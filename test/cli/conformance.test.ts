import { afterAll, describe, expect, test } from "bun:test";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashToken } from "../../src/auth/tokens.ts";
import { CHECKS } from "../../src/conformance/index.ts";
import { MutatingProxy } from "../support/conformance/mutatingProxy.ts";
import { throwAwayFolder } from "../support/server.ts";
import { sharedServer } from "../support/sharedServer.ts";
import { runHeartwire } from "./runHeartwire.ts";

const shared = sharedServer();
const folder = throwAwayFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function tokens(): Promise<{ readonly read: string; readonly write: string }> {
  const user = crypto.randomUUID();
  return {
    read: await shared().token(["data:heart_rate:read"], { user }),
    write: await shared().token(["data:heart_rate:write"], { user }),
  };
}

const run = (...words: readonly string[]) => runHeartwire(["conformance", ...words]);

describe("heartwire conformance", () => {
  test("says one sentence a check and a sum, and ends with 0 when none failed", async () => {
    const { read, write } = await tokens();
    const words = [
      "--base",
      shared().origin,
      "--read-token",
      read,
      "--write-token",
      write,
      "--only",
      "latest.,room.",
    ];
    const { code, stdout, stderr } = await run(...words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.split("\n");
    expect(lines[0]).toBe(
      "✓ latest.json: The latest reading is compact JSON with the keys in the documented order.",
    );
    expect(lines).toContain("    not checked: it needs a token with data:room:read");
    expect(lines.at(-2)).toBe(
      `${shared().origin} speaks the Pulsoid wire as far as it was checked: 7 passed, 0 failed, 4 not checked.`,
    );
  });

  test("shows side by side what was expected and what came, and ends with 1", async () => {
    await using proxy = await MutatingProxy.start(shared().origin);
    proxy.mutation = {
      answer: (answer, { path }) => (path.endsWith("latest") ? { ...answer, body: "\u001b[2Jx" } : answer),
    };
    const { read, write } = await tokens();
    const file = join(folder, "tokens.txt");
    writeFileSync(file, `${read}\n${write}\n`);
    const junit = join(folder, "results.xml");
    const { code, stdout } = await run(
      "--base",
      proxy.base.origin,
      "--tokens-file",
      file,
      "--only",
      "latest.json",
      "--junit",
      junit,
    );
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /✗ latest\.json: .*\n {4}the body\n {4}expected {2}\{"measured_at":\d+,"data":\{"heart_rate":81\}\}\n {4}got {7} \[2Jx\n/,
    );
    expect(stdout).toContain(
      "does not speak the Pulsoid wire in everything: 0 passed, 1 failed, 0 not checked.",
    );
    expect(readFileSync(junit, "utf8")).toMatch(
      /<testsuites tests="1" failures="1" skipped="0">.*<testcase classname="latest" name="json: [^"]+" time="[\d.]+"><failure message="the body">expected \{&#34;.*<\/failure><\/testcase>/s,
    );
  });

  test("prints a report for scripts", async () => {
    const { read, write } = await tokens();
    const { code, stdout } = await run(
      "--base",
      shared().origin,
      "--read-token",
      read,
      "--write-token",
      write,
      "--only",
      "latest.json,room.unknown",
      "--json",
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      base: shared().origin,
      passed: 1,
      failed: 0,
      not_checked: 1,
      checks: [
        { id: "latest.json", outcome: "passed", source: "documentation" },
        { id: "room.unknown", outcome: "not_checked", reason: "it needs a token with data:room:read" },
      ],
    });
  });

  test("calls the hook, which gets the token on its standard input", async () => {
    const { read, write } = await tokens();
    const hook = `"${process.execPath}" src/cli/main.ts token revoke - --data "${shared().folder}"`;
    const { code, stdout } = await run(
      "--base",
      shared().origin,
      "--read-token",
      read,
      "--write-token",
      write,
      "--only",
      "fault.revoked",
      "--on-revoke",
      hook,
    );
    expect(stdout).toStartWith("✓ fault.revoked-socket: ");
    expect(code).toBe(0);
    expect(await shared().server.storage.directory.findToken(hashToken(read))).toBeUndefined();
  });

  test("a hook that fails is a check that fails", async () => {
    const { read, write } = await tokens();
    const { code, stdout } = await run(
      "--base",
      shared().origin,
      "--read-token",
      read,
      "--write-token",
      write,
      "--only",
      "fault.revoked",
      "--on-revoke",
      "exit 3",
    );
    expect(code).toBe(1);
    expect(stdout).toContain("the command of the hook ended with 3: exit 3");
  });

  test("lists every check without a server", async () => {
    const { stdout } = await run("--list");
    expect(stdout.trim().split("\n")).toHaveLength(CHECKS.length);
  });

  test("refuses what it cannot begin with: no token, no UUID, a refused one, tokens of two users, a check that is not there", async () => {
    const [one, other] = [await tokens(), await tokens()];
    const base = ["--base", shared().origin];
    for (const [words, complaint] of [
      [base, "conformance: give --read-token and --write-token, or --tokens-file."],
      [[...base, "--read-token", "x"], "--read-token: expected a UUID of 36 characters."],
      [
        [...base, "--read-token", one.read, "--only", "nonsense"],
        '--only: no check has "nonsense" in its id. See conformance --list.',
      ],
      [
        [...base, "--read-token", one.read, "--write-token", other.write],
        "The tokens are of different users: give those of one.",
      ],
      [
        [...base, "--read-token", crypto.randomUUID()],
        'The tokens cannot be used: the server does not take a token: 401 {"error_code":7005,"error_message":"token_not_found"}',
      ],
    ] as const) {
      expect(await run(...words)).toEqual({ code: 2, stdout: "", stderr: `${complaint}\n` });
    }
  });
});
