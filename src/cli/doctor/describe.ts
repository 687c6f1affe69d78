import type { Finding } from "./finding.ts";

const MARK_WIDTH = 8;

const MARKS: Readonly<Record<Finding["state"], string>> = {
  good: "good",
  notice: "notice",
  wrong: "WRONG",
};

/** A finding in words. Says and advice stand below each other, so that the marks can be read down the edge. */
export function describe({ state, about, says, advice }: Finding): string {
  const lines = [`${about}: ${says}`, ...(advice === undefined ? [] : [advice])];
  return lines.map((line, index) => (index === 0 ? MARKS[state] : "").padEnd(MARK_WIDTH) + line).join("\n");
}
