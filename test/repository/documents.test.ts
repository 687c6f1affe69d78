import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { heartwireCommand } from "../../src/cli/main.ts";
import { filesBelow, ROOT, textOf } from "./files.ts";

const pages = [...readdirSync(ROOT), ...filesBelow("docs")].filter((path) => path.endsWith(".md"));

test("the documents that a newcomer looks for are there", () => {
  expect(pages).toEqual(
    expect.arrayContaining(["README.md", "DESIGN.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]),
  );
  expect(existsSync(join(ROOT, "LICENSE"))).toBe(true);
});

describe.each(pages)("%s", (page) => {
  const text = textOf(page);

  test("links only to files that exist", () => {
    const targets = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = ""]) => target);
    const files = targets.filter((target) => !/^[a-z]+:/.test(target));
    expect(files.filter((file) => !existsSync(join(ROOT, dirname(page), file)))).toEqual([]);
  });

  test("names only files of the checkout that exist", () => {
    const named = [
      ...text.matchAll(/`((?:src|test|scripts|docs|bench)\/[\w./-]*\w\.(?:ts|mjs|md|ndjson))`/g),
    ];
    const files = named.map(([, file = ""]) => file);
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  test("calls only npm scripts that exist", () => {
    const scripts = [...text.matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([, name = ""]) => name);
    expect(scripts.filter((name) => !(name in packageJson.scripts))).toEqual([]);
  });

  test("calls only commands and options that exist", () => {
    const calls = [...text.matchAll(/heartwire -- ([^\n`|>]+)/g)].map(([, words = ""]) => words.trim());
    expect(calls.flatMap(unknownIn)).toEqual([]);
  });
});

/** What a call of the command line says that no command takes. */
function unknownIn(call: string): string[] {
  const words = call.split(/\s+/);
  let command: Command = heartwireCommand();
  const path: string[] = [];
  for (const word of words) {
    const child = command.commands.find((candidate) => candidate.name() === word);
    if (child === undefined) break;
    command = child;
    path.push(word);
  }
  if (path.length === 0) return [call];
  const options = words.filter((word) => /^--?[a-z]/.test(word));
  const known = command.options.flatMap(({ long, short }) => [long, short]);
  return options.filter((option) => !known.includes(option)).map((option) => `${path.join(" ")} ${option}`);
}
