import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { filesBelow, ROOT, textOf } from "./files.ts";

const CODE_FOLDERS = ["src", "test", "scripts", "bench"];
const SOURCE_LINES_MAX = 300;

const code = CODE_FOLDERS.flatMap(filesBelow).filter((path) => /\.(ts|tsx|mjs|lua)$/.test(path));
const topFiles = readdirSync(ROOT, { withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(md|json|mjs|ts|toml)$/.test(entry.name))
  .map(({ name }) => name);
const texts = [...code, ...filesBelow("docs"), ...filesBelow(".ci"), ...topFiles];

/** "path:line: text" for every line of these files that matches. */
function linesThatMatch(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    textOf(path)
      .split("\n")
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  );
}

test("no source file is longer than a reader can hold", () => {
  const long = code
    .filter((path) => path.startsWith("src/"))
    .map((path) => ({ path, lines: textOf(path).trimEnd().split("\n").length }))
    .filter(({ lines }) => lines > SOURCE_LINES_MAX);
  expect(long).toEqual([]);
});

test("every test runs: none is skipped, focused or left for later", () => {
  const tests = code.filter((path) => path.startsWith("test/"));
  const pattern =
    /\b(?:test|it|describe)(?:\.\w+)*\.(?:skip|only|todo|failing|if|skipIf|todoIf)\b|\bx(?:test|it|describe)\(/;
  expect(linesThatMatch(tests, pattern)).toEqual([]);
});

test("every test lies below test/, where npm test looks", () => {
  const pattern = /(?:\.|_)(?:test|spec)(?:_|\.)(?:ts|tsx|js|jsx|mjs|cjs)$/;
  const elsewhere = code.filter((path) => pattern.test(path) && !path.startsWith("test/"));
  expect(elsewhere).toEqual([]);
});

test("a file's name says what is in it", () => {
  const pattern = /^(?:utils?|helpers?|common|shared|misc|.*manager)\./i;
  expect(code.filter((path) => pattern.test(basename(path)))).toEqual([]);
});

test("nothing is left for later in a comment", () => {
  // Written apart, so that this line is not one of them.
  expect(linesThatMatch(texts, /\b(?:TO(?:DO)|FIX(?:ME)|XX(?:X)|HA(?:CK))\b/)).toEqual([]);
});

test("no text names a folder of one machine", () => {
  expect(linesThatMatch(texts, /(?<![\w.~-])[/](?:work|root|home)[/]/)).toEqual([]);
});
