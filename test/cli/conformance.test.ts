import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listChecks } from "../../src/conformance/index.ts";
import { CheckedServer } from "../support/conformance/checkedServer.ts";
import { changed, MutatingProxy } from "../support/conformance/mutatingProxy.ts";
import { writtenBy } from "../support/conformance/wrongServer.ts";
import { freePort } from "../support/freePort.ts";
import { bearer } from "../support/requests.ts";
import { runToEnd, startHeartwire } from "../support/runningCommand.ts";
import { throwAwayFolder } from "../support/server.ts";
import { openTerminal, plainLines } from "../support/terminal.ts";
import { type HowToRun, runHeartwire } from "./runHeartwire.ts";

let server: CheckedServer;
let tokensFile: string;
const folder = throwAwayFolder();
beforeAll(async () => {
  server = await CheckedServer.start();
  const { readToken, writeToken, tokens, expiredToken, emptyToken } = await server.options();
  const lines = [
    "# tokens of the test user, and of others",
    `read = ${readToken}`,
    `write=${writeToken}`,
    "",
    ...(tokens ?? []),
    `expired = ${expiredToken}`,
    `empty = ${emptyToken}`,
  ];
  tokensFile = file("tokens.txt", lines.join("\n"));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const run = (words: readonly string[], how: HowToRun = {}) =>
  runHeartwire(["conformance", "--base", server.origin, ...words], how);

/** Our server with a latest reading that says more to a terminal than it should. */
function rudeServer(): Promise<MutatingProxy> {
  return MutatingProxy.start(server.origin, {
    answer: async (request, next) => {
      const answer = await next(request);
      const isMeant = request.path.endsWith("latest") && answer.text.includes(":91}");
      return isMeant ? changed(answer, { body: "\u001b[2Jhello" }) : answer;
    },
  });
}

describe("heartwire conformance", () => {
  test("says what became of each area, and ends with 0 when nothing failed", async () => {
    const { code, stdout, stderr } = await run([
      "--tokens-file",
      tokensFile,
      "--only",
      "latest,profile,room",
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("✓ latest   16 passed\n");
    expect(stdout).toContain("✓ profile  13 passed\n");
    expect(stdout).toMatch(/– room {5}\d+ passed, \d+ not checked\n/);
    expect(stdout).toContain("need a room of which the test user is a member (--room).");
    expect(stdout).toMatch(
      /– \d+ passed, 0 failed, \d+ not checked in [\d.]+ s: http:\/\/127\.0\.0\.1:\d+\/\n$/,
    );
  });

  test("shows what was expected above what came, cleaned for a terminal, and ends with 1", async () => {
    using proxy = await rudeServer();
    const words = ["--base", proxy.origin, "--tokens-file", tokensFile, "--only", "latest"];
    const { code, stdout } = await run(words);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^✗ failed {6}latest\.json\n {2}The latest reading is compact JSON .*\n {2}section {3}5 GET .*\n {2}expected {2}200 \{"measured_at":\d+,"data":\{"heart_rate":91\}\} \(application\/json\)\n {2}got {7}200 application\/json: \\u001b\[2Jhello\n/,
    );
    expect(stdout).toContain("✗ latest  15 passed, 1 failed\n");
  });

  test("shows every check with --verbose", async () => {
    const { stdout } = await run([
      "--tokens-file",
      tokensFile,
      "--only",
      "latest.json,room.not-a-member",
      "--verbose",
    ]);
    expect(stdout).toStartWith(
      "✓ passed      latest.json\n  The latest reading is compact JSON with its keys in the documented order.\n– not checked room.not-a-member\n",
    );
    expect(stdout).toContain("  Needs a room of which the test user is no member (--other-room).\n");
  });

  test("is not content with what could not be checked, with --complete", async () => {
    const words = ["--tokens-file", tokensFile, "--only", "room.not-a-member"];
    expect((await run(words)).code).toBe(0);
    expect((await run([...words, "--complete"])).code).toBe(1);
  });

  test("writes a report for scripts and one for continuous integration", async () => {
    using proxy = await rudeServer();
    const junit = join(folder, "results.xml");
    const words = [
      "--base",
      proxy.origin,
      "--tokens-file",
      tokensFile,
      "--only",
      "latest.json,latest.no-store",
    ];
    const { code, stdout, stderr } = await run([...words, "--json", "--junit", junit]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      base: `${proxy.origin}/`,
      passed: 1,
      failed: 1,
      notChecked: 0,
      results: [
        { id: "latest.json", outcome: "failed", got: "200 application/json: \u001b[2Jhello" },
        { id: "latest.no-store", outcome: "passed" },
      ],
    });
    expect(stderr).toStartWith("✗ failed      latest.json\n");
    expect(readFileSync(junit, "utf8")).toContain('tests="2" failures="1" skipped="0"');
  });

  test("takes its tokens from the environment, and one that may do everything for both", async () => {
    const { readToken = "", writeToken = "", tokens } = await server.options();
    const only = ["--only", "latest.json"];
    const both = { HEARTWIRE_READ_TOKEN: readToken, HEARTWIRE_WRITE_TOKEN: writeToken };
    for (const environment of [both, { HEARTWIRE_TOKEN: tokens?.[0] ?? "" }]) {
      expect((await run(only, { environment })).stdout).toContain("✓ 1 passed");
    }
    expect((await run([...only, "--read-token", readToken, "--write-token", writeToken])).code).toBe(0);
    expect((await run([...only, "--token", tokens?.[0] ?? ""])).code).toBe(0);
  });

  test("calls the operator's commands, which are told what to do", async () => {
    const { revocableToken = "" } = await server.options();
    const seen = join(folder, "seen.txt");
    const hook = `cat > ${seen}; printf ' %s' "$CONFORMANCE_TOKEN" "$CONFORMANCE_BASE" >> ${seen}; exit 3`;
    const words = ["--tokens-file", tokensFile, "--revocable-token", revocableToken, "--on-revoke", hook];
    const { code, stdout } = await run([...words, "--only", "revocation.closes-live-socket"]);
    expect(code).toBe(1);
    expect(stdout).toContain(
      "  expected  the hook revoke to succeed\n  got       its command ended with 3\n",
    );
    expect(readFileSync(seen, "utf8")).toBe(`${revocableToken}\n ${revocableToken} ${server.origin}/`);
  });

  test("passes with the commands of a real operator", async () => {
    const { revocableToken = "" } = await server.options();
    const revoke = `"${process.execPath}" src/cli/main.ts token revoke - --data "${server.running.folder}"`;
    const words = ["--tokens-file", tokensFile, "--revocable-token", revocableToken, "--on-revoke", revoke];
    const { code, stdout } = await run([...words, "--only", "revocation.closes-*"]);
    expect(stdout).toContain("3 passed, 0 failed, 1 not checked");
    expect(code).toBe(0);
  });

  test("is an app with the secret of the file or of the environment, and hands the test user what they have to answer", async () => {
    const { readToken, writeToken, clientId = "", clientSecret = "" } = await server.options();
    const tokens = `read = ${readToken}\nwrite = ${writeToken}\n`;
    const inFile = ["--tokens-file", file("with-secret.txt", `${tokens}secret = ${clientSecret}\n`)];
    const hook = `"${process.execPath}" test/support/conformance/authorizeCommand.ts`;
    const words = [
      "--client-id",
      clientId,
      "--on-authorize",
      hook,
      "--only",
      "oauth-code.redeems,oauth-implicit.fields",
    ];
    const environment = { PAGE_TOKEN: server.pageToken() };
    expect((await run([...inFile, ...words], { environment })).stdout).toContain("✓ 2 passed");
    const withSecret = ["--tokens-file", tokensFile, "--client-id", clientId, "--only", "oauth-client.basic"];
    const { stdout } = await run(withSecret, { environment: { HEARTWIRE_CLIENT_SECRET: clientSecret } });
    expect(stdout).toContain("✓ 1 passed");
  });

  test("tells the command of --on-authorize what to open and how to answer", async () => {
    const { clientId = "", clientSecret = "" } = await server.options();
    const seen = join(folder, "authorize.txt");
    const hook = `printf '%s\\n' "$CONFORMANCE_STEP" "$CONFORMANCE_URL" > ${seen}; exit 3`;
    const words = ["--client-id", clientId, "--on-authorize", hook, "--only", "oauth-code.denied"];
    const { code, stdout } = await run(
      ["--tokens-file", tokensFile, "--callback-port", String(freePort()), ...words],
      {
        environment: { HEARTWIRE_CLIENT_SECRET: clientSecret },
      },
    );
    expect(code).toBe(1);
    expect(stdout).toContain(
      "  expected  the hook authorize to succeed\n  got       its command ended with 3\n",
    );
    const [step, address = ""] = readFileSync(seen, "utf8").split("\n");
    expect(step).toBe("deny");
    expect(address).toStartWith(
      `${server.origin}/oauth2/authorize?response_type=code&client_id=${clientId}&`,
    );
  });

  test("lets a store work again, deletes its widgets and says what it saw, when it is ended by Ctrl-C", async () => {
    const written = Promise.withResolvers<void>();
    using proxy = await MutatingProxy.start(server.origin, {
      answer: (request, next) => {
        if (writtenBy(request)?.bpm !== 171) return next(request);
        written.resolve();
        return new Promise(() => {});
      },
    });
    const steps = join(folder, "steps.txt");
    const hook = `echo $CONFORMANCE_STEP >> ${steps}`;
    const only = "widgets.creates-basic,store-failure.*,whole-run";
    await using command = startHeartwire(
      ["conformance", "--base", proxy.origin, "--tokens-file", tokensFile, "--only", only].concat([
        "--on-store-failure",
        hook,
        "--timeout",
        "30",
      ]),
    );
    await written.promise;
    command.interrupt();
    const { exitCode, stdout, stderr } = await command.ended();
    expect(readFileSync(steps, "utf8")).toBe("begin\nend\n");
    expect(stdout).toContain("– 1 passed, 0 failed, 7 not checked");
    expect(stderr).toEndWith("Stopped before everything was checked.\n");
    expect(exitCode).toBe(1);
    const { tokens } = await server.options();
    const list = await fetch(`${server.origin}/api/v1/widgets`, { headers: bearer(tokens?.[0] ?? "") });
    expect(await list.text()).toBe('{"widgets":[]}');
  });

  test("lists the checks and what they need, without a server", async () => {
    const { code, stdout } = await run(["--list"]);
    expect(code).toBe(0);
    for (const { id } of listChecks()) expect(stdout).toContain(`  ${id}`);
    expect(stdout).toContain("  timing.quiet-socket (slow)\n");
    expect(stdout).toContain("  link.rpc-no-json (ours)\n");
    const { stdout: json } = await run(["--list", "--json", "--only", "latest.none-yet"]);
    expect(JSON.parse(json)).toMatchObject([
      { id: "latest.none-yet", isSlow: false, needs: [expect.any(String)] },
    ]);
  });

  test("shows on a terminal how far it is, and colours", async () => {
    // One of the two about pings is slow, and not asked for.
    const words = `--base ${server.origin} --tokens-file ${tokensFile} --only latest,*client-pings*`;
    const command = openTerminal(`"${process.execPath}" src/cli/main.ts conformance ${words}`, {
      TERM: "xterm",
    });
    if (command === undefined) return;
    const { stdout } = await runToEnd(command);
    expect(stdout).toContain("Checking 1 of 17: latest.token-missing");
    expect(stdout).toContain("\u001b[32m✓\u001b[0m latest  16 passed");
    expect(plainLines(stdout)).toContain("✓ 17 passed, 0 failed, 0 not checked");
  });
});

describe("heartwire conformance ends with 2 and a sentence", () => {
  async function expectRefused(words: readonly string[], message: string): Promise<void> {
    const { code, stdout, stderr } = await run(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  }

  test("without a token", () => expectRefused([], "A token is missing. Give --tokens-file,"));

  test("with a token that the server refuses, which is not repeated", async () => {
    const token = crypto.randomUUID();
    await expectRefused(["--token", token], 'or did an earlier run use it up? 401 {"error_code":7005');
  });

  test("with a file of tokens that has something else in it, which is not repeated", async () => {
    const path = file("wrong.txt", "read = 12345678-secret\n");
    await expectRefused(
      ["--tokens-file", path],
      "wrong.txt, line 1: expected a token, or a name (read, write,",
    );
    expect((await run(["--tokens-file", path])).stderr).not.toContain("12345678");
  });

  test("with an app whose secret is not told, or a port that is none", async () => {
    const words = ["--tokens-file", tokensFile, "--client-id", crypto.randomUUID()];
    await expectRefused(
      words,
      "--client-id: its secret is missing. Give it in the --tokens-file, as a line `secret",
    );
    const port = ["--tokens-file", tokensFile, "--callback-port", "70000"];
    await expectRefused(port, "--callback-port: expected a number from 1 to 65535");
  });

  test("with an expired token that is no token", async () => {
    await expectRefused(
      ["--tokens-file", tokensFile, "--expired-token", "*"],
      "The expired token is not a UUID of 36 characters.",
    );
  });

  test("with an address that is none", async () => {
    await expectRefused(["--base", "pulse", "--tokens-file", tokensFile], "--base: expected an address");
  });

  test("with a time that is none", async () => {
    await expectRefused(
      ["--tokens-file", tokensFile, "--timeout", "soon"],
      "--timeout: expected a number from 0.1 to 30",
    );
  });

  test("with a check that is not there", async () => {
    await expectRefused(["--tokens-file", tokensFile, "--only", "dance"], 'No check is called "dance".');
    await expectRefused(["--list", "--only", "dance"], 'No check is called "dance".');
  });
});

test("heartwire conformance prints its summary also where the report for others cannot be written", async () => {
  const junit = join(folder, "none", "results.xml");
  const { stdout } = await run(["--tokens-file", tokensFile, "--only", "latest.json", "--junit", junit]);
  expect(stdout).toContain("✓ 1 passed");
});

test("heartwire conformance ends with 1 where no server answers, or a file cannot be used", async () => {
  for (const [words, message] of [
    [["--base", "http://127.0.0.1:1"], "no connection"],
    [["--ca", join(folder, "none.pem")], "none.pem cannot be read"],
    [
      ["--junit", join(folder, "none", "results.xml"), "--only", "latest.json"],
      "results.xml cannot be written",
    ],
  ] as const) {
    const { code, stderr } = await run(["--tokens-file", tokensFile, ...words]);
    expect(stderr).toContain(message);
    expect(code).toBe(1);
  }
});
