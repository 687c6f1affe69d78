import type { Report, Result } from "../../conformance/index.ts";
import { toSeenJsonLine } from "../seenText.ts";

/** What is printed on. */
export interface Paper {
  readonly columns: number;
  readonly hasColour: boolean;
}

/** Mark and colour (ANSI) of an outcome; the word says it without them. */
const MARKS = {
  passed: { mark: "✓", colour: 32 },
  failed: { mark: "✗", colour: 31 },
  "not checked": { mark: "–", colour: 33 },
} as const;

type OutcomeName = keyof typeof MARKS;

/** Wide enough for the longest outcome. */
const OUTCOME_WIDTH = "not checked".length;

/** A check in one line, its sentence below where it does not fit. */
export function describeResult(result: Result, paper: Paper): string {
  const head = `${marked(result.outcome, paper)} ${result.outcome.padEnd(OUTCOME_WIDTH)} ${result.id}`;
  const needs = result.outcome === "not checked" ? result.needs.map((need) => `Needs ${need}.`) : [];
  return [head, ...[result.sentence, ...needs].flatMap((text) => indented(text, "  ", paper))].join("\n");
}

/** What was expected stands above what came, letter above letter. */
export function describeFailure(result: Result, paper: Paper): string {
  if (result.outcome !== "failed") return describeResult(result, paper);
  return [
    `${marked("failed", paper)} failed      ${result.id}`,
    ...indented(result.sentence, "  ", paper),
    ...indented(result.section, "  ", paper, "  section   "),
    ...indented(toSeenJsonLine(result.expected), "  ", paper, "  expected  "),
    ...indented(toSeenJsonLine(result.got), "  ", paper, "  got       "),
  ].join("\n");
}

/** The whole run: what became of each area, what could not be checked, and the sum. */
export function describeReport(report: Report, paper: Paper): string {
  const areas = Map.groupBy(report.results, ({ id }) => id.split(".")[0] ?? "");
  const width = Math.max(...[...areas.keys()].map((name) => name.length));
  const lines = [...areas].map(([name, results]) => {
    const outcome = worst(results);
    return `${marked(outcome, paper)} ${name.padEnd(width)}  ${countsOf(results)}`;
  });
  return ["", ...lines, ...missing(report, paper), "", sum(report, paper)].join("\n");
}

function worst(results: readonly Result[]): OutcomeName {
  const has = (outcome: OutcomeName) => results.some((result) => result.outcome === outcome);
  return has("failed") ? "failed" : has("not checked") ? "not checked" : "passed";
}

function countsOf(results: readonly Result[]): string {
  return (Object.keys(MARKS) as OutcomeName[])
    .map((outcome) => [results.filter((result) => result.outcome === outcome).length, outcome] as const)
    .filter(([count]) => count > 0)
    .map(([count, outcome]) => `${count} ${outcome}`)
    .join(", ");
}

/** What would have to be given, and for how many checks. */
function missing({ results }: Report, paper: Paper): readonly string[] {
  const needs = results.flatMap((result) => (result.outcome === "not checked" ? result.needs : []));
  if (needs.length === 0) return [];
  const lines = [...Map.groupBy(needs, (need) => need)].flatMap(([need, { length }]) => {
    const count = length === 1 ? "1 check needs" : `${length} checks need`;
    return indented(`${count} ${need}.`, "    ", paper, `  ${marked("not checked", paper)} `);
  });
  return ["", "Not checked:", ...lines];
}

function sum({ passed, failed, notChecked, durationMs, base }: Report, paper: Paper): string {
  const seconds = Math.round(durationMs / 100) / 10;
  const mark = failed > 0 ? "failed" : notChecked > 0 ? "not checked" : "passed";
  const counts = `${passed} passed, ${failed} failed, ${notChecked} not checked in ${seconds} s`;
  return indented(`${counts}: ${base}`, "  ", paper, `${marked(mark, paper)} `).join("\n");
}

function marked(outcome: OutcomeName, { hasColour }: Paper): string {
  const { mark, colour } = MARKS[outcome];
  return hasColour ? `\x1b[${colour}m${mark}\x1b[0m` : mark;
}

/**
 * Breaks a text into lines that fit, at spaces where there are some.
 *
 * @param first stands before the first line, and the others are as far in as it is wide
 */
export function indented(
  text: string,
  indent: string,
  { columns }: Paper,
  first = indent,
): readonly string[] {
  const deep = " ".repeat(Math.max(indent.length, Bun.stringWidth(first)));
  const width = Math.max(20, columns - deep.length);
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width);
    const end = space > 0 ? space : width;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest].map((line, index) => (index === 0 ? first : deep) + line);
}
