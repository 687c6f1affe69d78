/** One column of a table: its heading and whether it holds numbers, which are set flush right. */
export interface Column {
  readonly heading: string;
  readonly numeric?: boolean;
}

/**
 * Renders a Markdown table padded to be read in a terminal too.
 *
 * @param rows as many cells each as there are columns
 */
export function markdownTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, index) =>
    Math.max(3, column.heading.length, ...rows.map((row) => (row[index] ?? "").length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${columns
      .map((column, index) => {
        const cell = cells[index] ?? "";
        return column.numeric ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!);
      })
      .join(" | ")} |`;
  const rule = `|${columns
    .map((column, index) =>
      column.numeric ? `${"-".repeat(widths[index]! + 1)}:` : "-".repeat(widths[index]! + 2),
    )
    .join("|")}|`;
  return [line(columns.map((column) => column.heading)), rule, ...rows.map(line)].join("\n");
}

/** A whole number with thin groups: 63,214. A dash when there is none. */
export function whole(value: number): string {
  return Number.isFinite(value) ? Math.round(value).toLocaleString("en-US") : "-";
}

/** A number with a fixed count of decimals. A dash when there is none. */
export function decimal(value: number, places: number): string {
  return Number.isFinite(value) ? value.toFixed(places) : "-";
}
