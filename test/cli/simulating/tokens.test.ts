import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandFailure, UsageError } from "../../../src/cli/failure.ts";
import { givenTokens } from "../../../src/cli/simulating/tokens.ts";
import { failureOf, TOKENS } from "./testServer.ts";

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

function temporaryFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "heartwire-simulate-"));
  cleanUps.push(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "tokens.txt");
  writeFileSync(file, text);
  return file;
}

describe("the tokens of simulated users", () => {
  test("may stand one a line in a file, with blank lines and remarks between", async () => {
    const file = temporaryFile(`# two users\n${TOKENS[0]}\r\n\n  ${TOKENS[1].toUpperCase()}\n`);
    const given = givenTokens({ tokenFile: file });
    expect(given?.available).toBe(2);
    expect(await given?.tokens(2)).toEqual(TOKENS);
    expect(await given?.tokens(1)).toEqual([TOKENS[0]]);
  });

  test("are never shared: more users than tokens is wrong usage", async () => {
    const given = givenTokens({ token: TOKENS[0] });
    const error = await failureOf(given?.tokens(2) ?? Promise.resolve());
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain("every user needs a token of their own");
    const twice = givenTokens({ tokenFile: temporaryFile(`${TOKENS[0]}\n${TOKENS[0]}\n`) });
    expect(twice?.available).toBe(1);
  });

  test("that are none are refused without being repeated", () => {
    for (const text of ["", "\n \n", `${TOKENS[0]}\nsecret-but-broken\n`]) {
      const file = temporaryFile(text);
      expect(() => givenTokens({ tokenFile: file })).toThrow(UsageError);
      expect(() => givenTokens({ tokenFile: file })).not.toThrow("secret-but-broken");
    }
    expect(() => givenTokens({ tokenFile: "/nowhere/tokens.txt" })).toThrow(CommandFailure);
  });
});
