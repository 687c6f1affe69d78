const CLEAR_LINE = "\r\x1b[K";

export interface Progress {
  /** Says which check runs, and the how manyth it is. */
  show(id: string, place: number, count: number): void;
  /** Takes the line away, for what is printed next. */
  clear(): void;
}

/** Shows on a terminal how far a run is, in one line that is written again; elsewhere nothing. */
export function startProgress(output: Pick<NodeJS.WriteStream, "isTTY" | "columns" | "write">): Progress {
  if (output.isTTY !== true) return { show: () => {}, clear: () => {} };
  return {
    show(id, place, count) {
      const line = `Checking ${place} of ${count}: ${id}`;
      output.write(`${CLEAR_LINE}${line.slice(0, (output.columns || 80) - 1)}`);
    },
    clear: () => void output.write(CLEAR_LINE),
  };
}
