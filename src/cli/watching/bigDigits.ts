/** Digits of three by five dots, row by row; a dot is drawn two characters wide, which makes it about square. */
const SHAPES: Readonly<Record<string, string>> = {
  "0": "### #.# #.# #.# ###",
  "1": "..# ..# ..# ..# ..#",
  "2": "### ..# ### #.. ###",
  "3": "### ..# ### ..# ###",
  "4": "#.# #.# ### ..# ..#",
  "5": "### #.. ### ..# ###",
  "6": "### #.. ### #.# ###",
  "7": "### ..# ..# ..# ..#",
  "8": "### #.# ### #.# ###",
  "9": "### #.# ### ..# ###",
  "-": "... ... ### ... ...",
  " ": "... ... ... ... ...",
};

export const BIG_ROWS = 5;

/** How many characters wide {@link bigDigits} draws a text of `length` characters. */
export function bigWidth(length: number): number {
  return length * 8 - 2;
}

/**
 * Draws a number large, every digit equally wide, so that nothing jumps from 99 to 100.
 *
 * @param text of digits, `-` and spaces; others are drawn as spaces
 * @returns {@link BIG_ROWS} rows, equally long
 */
export function bigDigits(text: string): string[] {
  const shapes = [...text].map((character) => (SHAPES[character] ?? SHAPES[" "] ?? "").split(" "));
  return Array.from({ length: BIG_ROWS }, (_, row) =>
    shapes
      .map((shape) => [...(shape[row] ?? "")].map((dot) => (dot === "#" ? "██" : "  ")).join(""))
      .join("  "),
  );
}
