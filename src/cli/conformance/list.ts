import type { Listed } from "../../conformance/index.ts";
import { indented, type Paper } from "./report.ts";

/** The checks with their sentences, by the section of the wire text that they are from. */
export function describeList(checks: readonly Listed[], paper: Paper): string {
  const sections = Map.groupBy(checks, ({ section }) => section);
  return [...sections]
    .map(([section, listed]) => [section, ...listed.flatMap((check) => describe(check, paper))].join("\n"))
    .join("\n\n");
}

function describe({ id, sentence, isSlow, isOurs, needs }: Listed, paper: Paper): readonly string[] {
  return [
    `  ${id}${isSlow ? " (slow)" : ""}${isOurs ? " (ours)" : ""}`,
    ...indented(sentence, "    ", paper),
    ...needs.flatMap((need) => indented(`Needs ${need}.`, "    ", paper)),
  ];
}
