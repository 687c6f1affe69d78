import type { Report, Result } from "./options.ts";

/** A report as JUnit's XML: one suite an area; what was not checked is a skipped case. */
export function toJUnit(report: Report): string {
  const areas = Map.groupBy(report.results, ({ id }) => id.split(".")[0] ?? "");
  const suites = [...areas].map(([name, results]) => suite(name, results));
  const counts = `tests="${report.results.length}" failures="${report.failed}" skipped="${report.notChecked}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="Pulsoid wire" ${counts} errors="0" time="${report.durationMs / 1000}" timestamp="${report.startedAt}">`,
    ...suites,
    "</testsuites>\n",
  ].join("\n");
}

function suite(name: string, results: readonly Result[]): string {
  const count = (outcome: string) => results.filter((result) => result.outcome === outcome).length;
  const seconds = results.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000;
  return [
    `  <testsuite name="${escaped(name)}" tests="${results.length}" failures="${count("failed")}" skipped="${count("not checked")}" errors="0" time="${seconds}">`,
    ...results.map(testCase),
    "  </testsuite>",
  ].join("\n");
}

function testCase(result: Result): string {
  const head = `    <testcase classname="${escaped(result.id)}" name="${escaped(result.sentence)}" time="${result.durationMs / 1000}"`;
  switch (result.outcome) {
    case "passed":
      return `${head}/>`;
    case "failed": {
      const message = `message="${escaped(`expected ${result.expected}, got ${result.got}`)}"`;
      const text = escaped(`${result.section}\nexpected: ${result.expected}\ngot:      ${result.got}`);
      return `${head}>\n      <failure ${message}>${text}</failure>\n    </testcase>`;
    }
    case "not checked":
      return `${head}>\n      <skipped message="${escaped(`not checked: needs ${result.needs.join(", and ")}`)}"/>\n    </testcase>`;
  }
}

/** XML 1.0 section 2.2 has no place for most control characters, and a server may say anything. */
function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD]/g, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
