import { afterEach, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { CommandFailure, UsageError } from "../../src/cli/failure.ts";
import { simulateCommand } from "../../src/cli/simulate.ts";
import type { TokenSource } from "../../src/cli/simulating/tokens.ts";
import { decodeWireLine } from "../../src/exchange/ndjson.ts";
import { makeUsers } from "../support/faults/dataFolder.ts";
import { runToEnd, startHeartwire } from "../support/runningCommand.ts";
import { throwAwayFolder } from "../support/server.ts";
import { openTerminal } from "../support/terminal.ts";
import { until } from "./sending/runSend.ts";
import { failureOf, heart, startServer, TOKENS } from "./simulating/testServer.ts";

/** What `token list --json` says of a token. */
interface Listed {
  readonly label: string;
  readonly state: string;
}

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/** A server that is stopped after the test. */
function serve(answer?: Parameters<typeof startServer>[0]) {
  const started = startServer(answer);
  cleanUps.push(() => started.server.stop(true));
  return started;
}

describe("heartwire simulate without a token", () => {
  const fast = ["--duration", "3", "--speed", "max", "--seed", "5"];

  /** Runs the command in this process, with a stand-in for the data folder. */
  async function run(words: readonly string[], url: URL) {
    const asked: [number, string | undefined][] = [];
    let released = 0;
    const source: TokenSource = {
      tokens: async (count) => TOKENS.slice(0, count),
      release: async () => {
        released += 1;
      },
    };
    const command = simulateCommand(async (users, dataFolder) => {
      asked.push([users, dataFolder]);
      return source;
    });
    const before = process.env.HEARTWIRE_TOKEN;
    delete process.env.HEARTWIRE_TOKEN;
    const error = await failureOf(
      command.exitOverride().parseAsync([...words, "--url", url.href], { from: "user" }),
    ).finally(() => {
      if (before !== undefined) process.env.HEARTWIRE_TOKEN = before;
    });
    return { asked, released, error };
  }

  test("users are made in the data folder for as long as the command runs", async () => {
    const { url, rates } = serve();
    const { asked, released, error } = await run([...fast, "--users", "2", "--data", "/data/here"], url);
    expect(error.message).toBe("it did not fail");
    expect(asked).toEqual([[2, "/data/here"]]);
    expect(released).toBe(1);
    expect(rates(TOKENS[0])).toEqual(heart(5, 3));
    expect(rates(TOKENS[1]).length).toBeGreaterThan(0);
  });

  test("their tokens are taken back also when the sending fails", async () => {
    const { url } = serve(() => new Response("no", { status: 404 }));
    const { released, error } = await run(fast, url);
    expect(error).toBeInstanceOf(CommandFailure);
    expect(released).toBe(1);
  });

  test("their tokens are taken back also when the terminal is closed", async () => {
    const folder = throwAwayFolder();
    cleanUps.push(() => rmSync(folder, { recursive: true }));
    await makeUsers(folder, ["ada"]);
    let requests = 0;
    // Silent in the end, so that the command has progress to write while it ends, to a terminal that is gone.
    const { url } = serve((_, request) => {
      requests = request;
      return request < 3 ? undefined : new Promise(() => {});
    });
    const words = ["src/cli/main.ts", "simulate", "--data", folder, "--url", url.href, "--speed", "20"];
    const terminal = openTerminal([process.execPath, ...words].join(" "), {});
    if (terminal === undefined) return;
    await until(() => requests >= 3);
    // It ends the terminal alone: the command has a session of its own, and is hung up.
    await terminal[Symbol.asyncDispose]();
    let states: string[];
    do {
      const list = ["token", "list", "--json", "--data", folder];
      const made = JSON.parse((await runToEnd(startHeartwire(list))).stdout) as Listed[];
      states = made.filter(({ label }) => label === "simulate").map(({ state }) => state);
    } while (states.includes("works"));
    expect(states).toEqual(["revoked"]);
  });

  test("none are made for a server on another machine", async () => {
    const { asked, error } = await run(fast, new URL("http://heart.example"));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain("not on this machine");
    expect(asked).toEqual([]);
  });
});

describe("heartwire simulate --print", () => {
  const main = join(import.meta.dir, "..", "..", "src", "cli", "main.ts");
  const run = (...words: string[]) =>
    Bun.spawn([process.execPath, main, "simulate", "--print", ...words], { stdout: "pipe", stderr: "pipe" });

  test("writes an hour that ends now at once, in the wire format, without a server", async () => {
    const command = run("--duration", "3600", "--seed", "11");
    const lines = (await command.stdout.text()).trimEnd().split("\n");
    const endedAt = Date.now();
    expect(await command.exited).toBe(0);
    const readings = lines.map((line) => decodeWireLine(line).reading!);
    expect(readings.map(({ heartRate }) => heartRate)).toEqual(heart(11, 3600));
    expect(lines[0]).toMatch(/^\{"measured_at":\d{13},"data":\{"heart_rate":\d+\}\}$/);
    expect(readings[0]!.measuredAt).toBeGreaterThan(endedAt - 3_600_000 - 20_000);
    expect(readings.at(-1)!.measuredAt).toBeLessThanOrEqual(endedAt);
  });

  test("ends quietly when the reader has seen enough", async () => {
    const command = run("--duration", "864000");
    const reader = command.stdout.getReader();
    await reader.read();
    await reader.cancel();
    expect(await command.exited).toBe(0);
    expect(await command.stderr.text()).toMatch(/^Seed \d+\.\n$/);
  });

  test("prints live without a duration, until Ctrl-C", async () => {
    const command = run("--speed", "10");
    const reader = command.stdout.getReader();
    await reader.read();
    command.kill("SIGINT");
    expect(await command.exited).toBe(0);
    reader.releaseLock();
  });
});
