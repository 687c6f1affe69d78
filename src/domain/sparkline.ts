/** Eighths of a character cell, from empty to full. */
const EIGHTHS = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/** A steady series is drawn steady: a smaller span than this never fills the height. */
export const SPARKLINE_SPAN_MIN = 12;

/**
 * Draws a series as bars of block characters, oldest first, scaled to its own lowest and highest. A missing value is a
 * gap, never bridged.
 *
 * @param values undefined where there is nothing to show
 * @param height rows, from 1
 * @returns the rows, top first, each with one character for each value
 */
export function sparkline(values: readonly (number | undefined)[], height: number): string[] {
  const present = values.filter((value) => value !== undefined);
  const lowest = Math.min(...present);
  const highest = Math.max(...present);
  const span = Math.max(highest - lowest, SPARKLINE_SPAN_MIN);
  const floor = (lowest + highest - span) / 2;
  const filledEighths = values.map((value) =>
    value === undefined ? 0 : 1 + Math.round(((value - floor) / span) * (height * 8 - 1)),
  );
  return Array.from({ length: height }, (_, row) => {
    const belowEighths = (height - 1 - row) * 8;
    return filledEighths.map((filled) => EIGHTHS[Math.min(Math.max(filled - belowEighths, 0), 8)]).join("");
  });
}
