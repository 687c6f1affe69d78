import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Command } from "commander";
import { heartwireCommand } from "../../src/cli/main.ts";
import { ROOT } from "./files.ts";

/** Every command with its subcommands, as the words that call it. */
function callsOf(command: Command, words: readonly string[] = []): (readonly string[])[] {
  return [words, ...command.commands.flatMap((child) => callsOf(child, [...words, child.name()]))];
}

const calls = callsOf(heartwireCommand());

describe("the help of every command", () => {
  for (const words of calls) {
    test(`heartwire ${[...words, "--help"].join(" ")} has an example and the exit codes`, async () => {
      const command = Bun.spawn([process.execPath, join("src", "cli", "main.ts"), ...words, "--help"], {
        cwd: ROOT,
        stdout: "pipe",
        stderr: "pipe",
      });
      const help = await command.stdout.text();
      expect(await command.stderr.text()).toBe("");
      expect(await command.exited).toBe(0);
      expect(help).toContain(`Usage: ${["heartwire", ...words].join(" ")}`);
      // One of the examples calls the command itself; npm start is serve.
      expect(help).toMatch(
        new RegExp(`\\$ .*(npm run (--silent )?heartwire -- ${words.join(" ")}|npm start)`),
      );
      expect(help).toMatch(/exit codes?:.*0 .*1 .*2 /i);
    });
  }
});

test("a command that does not exist ends with 2", async () => {
  const command = Bun.spawn([process.execPath, join("src", "cli", "main.ts"), "dance"], {
    cwd: ROOT,
    stdout: "pipe",
    stderr: "pipe",
  });
  expect(await command.stderr.text()).toContain("dance");
  expect(await command.exited).toBe(2);
});
