import type { Listed } from "../../conformance/index.ts";

const CLEAR_LINE = "\r\x1b[K";

export interface Progress {
  /** Says which check runs. */
  show(id: string): void;
  /** Takes the line away, for what is printed next. */
  clear(): void;
}

/** Shows on a terminal how far a run is, in one line that is written again; elsewhere nothing. */
export function startProgress(
  output: Pick<NodeJS.WriteStream, "isTTY" | "columns" | "write">,
  checks: readonly Pick<Listed, "id">[],
): Progress {
  if (output.isTTY !== true) return { show: () => {}, clear: () => {} };
  const places = new Map(checks.map(({ id }, index) => [id, index + 1]));
  return {
    show(id) {
      const line = `Checking ${places.get(id)} of ${checks.length}: ${id}`;
      output.write(`${CLEAR_LINE}${line.slice(0, (output.columns || 80) - 1)}`);
    },
    clear: () => void output.write(CLEAR_LINE),
  };
}
