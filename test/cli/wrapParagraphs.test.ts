import { expect, test } from "bun:test";
import { wrapParagraphs } from "../../src/cli/wrapParagraphs.ts";
import { runHeartwire } from "./runHeartwire.ts";

test("a paragraph is broken between words at 80 characters, and what is laid out stays as it is", () => {
  const words = Array.from({ length: 30 }, () => "heart").join(" ");
  const rows = wrapParagraphs(words).split("\n");
  expect(rows.map(({ length }) => length)).toEqual([77, 77, 23]);
  expect(rows.join(" ")).toBe(words);
  const example = `  $ ${"x ".repeat(60)}`;
  expect(wrapParagraphs(`\n${example}\n\nshort\n`)).toBe(`\n${example}\n\nshort\n`);
  const long = "x".repeat(100);
  expect(wrapParagraphs(`a ${long} b`)).toBe(`a\n${long}\nb`);
});

test("the help of a command is written so", async () => {
  for (const words of [["simulate"], ["token", "revoke"], ["conformance"]]) {
    const { stdout } = await runHeartwire([...words, "--help"]);
    expect(stdout).toContain("Usage:");
    expect(stdout.split("\n").filter((line) => line.length > 80 && !line.startsWith(" "))).toEqual([]);
  }
});
