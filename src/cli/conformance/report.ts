import type { Report, Result } from "../../conformance/index.ts";
import { printable } from "../serverWords.ts";

const MARKS: Readonly<Record<Result["outcome"], string>> = { passed: "✓", failed: "✗", "not checked": "–" };

const COLOURS: Readonly<Record<Result["outcome"], number>> = { passed: 32, failed: 31, "not checked": 33 };

/** One check as lines for a person: what was expected and what came stand below each other. */
export function describeResult(result: Result, { isColoured }: { readonly isColoured: boolean }): string {
  const { check, outcome } = result;
  const mark = isColoured ? `\u001b[${COLOURS[outcome]}m${MARKS[outcome]}\u001b[0m` : MARKS[outcome];
  const head = `${mark} ${check.id}: ${check.sentence}`;
  switch (result.outcome) {
    case "passed":
      return head;
    case "not checked":
      return `${head}\n    not checked: ${result.reason}`;
    case "failed": {
      const sides =
        result.expected === undefined
          ? []
          : [`expected  ${printable(result.expected)}`, `got       ${printable(result.got ?? "")}`];
      return [head, printable(result.what), ...sides].join("\n    ");
    }
  }
}

export function describeReport({ base, passed, failed, notChecked }: Report): string {
  const sum = `${passed} passed, ${failed} failed, ${notChecked} not checked`;
  if (failed > 0) return `${base} does not speak the Pulsoid wire in everything: ${sum}.`;
  return notChecked > 0
    ? `${base} speaks the Pulsoid wire as far as it was checked: ${sum}.`
    : `${base} speaks the Pulsoid wire: ${sum}.`;
}

/** The report as a script reads it. */
export function toJson({ base, passed, failed, notChecked, results }: Report): object {
  return {
    base,
    passed,
    failed,
    not_checked: notChecked,
    checks: results.map((result) => {
      const { check, tookMs, outcome } = result;
      const { id, source, sentence } = check;
      return {
        id,
        source,
        sentence,
        outcome: outcome.replace(" ", "_"),
        took_ms: Math.round(tookMs),
        ...(result.outcome === "failed"
          ? { what: result.what, expected: result.expected ?? null, got: result.got ?? null }
          : {}),
        ...(result.outcome === "not checked" ? { reason: result.reason } : {}),
      };
    }),
  };
}

/** The report as JUnit XML, which continuous integration shows. What was not checked is skipped there. */
export function toJUnit({ base, passed, failed, notChecked, results }: Report): string {
  const cases = results.map(testCase);
  const total = passed + failed + notChecked;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${total}" failures="${failed}" skipped="${notChecked}">`,
    `  <testsuite name="${escaped(`Pulsoid wire, ${base}`)}" tests="${total}" failures="${failed}" skipped="${notChecked}">`,
    ...cases,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function testCase(result: Result): string {
  const { check, tookMs } = result;
  const [group = "", ...name] = check.id.split(".");
  const head = `    <testcase classname="${escaped(group)}" name="${escaped(`${name.join(".")}: ${check.sentence}`)}" time="${(tookMs / 1000).toFixed(3)}"`;
  switch (result.outcome) {
    case "passed":
      return `${head}/>`;
    case "not checked":
      return `${head}><skipped message="${escaped(result.reason)}"/></testcase>`;
    case "failed": {
      const sides =
        result.expected === undefined ? "" : `expected ${result.expected}\ngot      ${result.got ?? ""}`;
      return `${head}><failure message="${escaped(result.what)}">${escaped(sides)}</failure></testcase>`;
    }
  }
}

/** XML has no way to write most control characters at all. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
