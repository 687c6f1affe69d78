/** As wide as terminals are at least, and as help is where nobody knows how wide. */
const COLUMNS = 80;

/**
 * Breaks the paragraphs of a help text between words, as commander does with its own. Lines that begin with a space are
 * laid out already: options, commands and examples, which must stay in one piece to be pasted.
 */
export function wrapParagraphs(text: string): string {
  return text
    .split("\n")
    .map((line) => (line.startsWith(" ") ? line : wrapped(line)))
    .join("\n");
}

function wrapped(line: string): string {
  const rows: string[] = [];
  for (const word of line.split(" ")) {
    const last = rows.at(-1);
    if (last === undefined || last.length + 1 + word.length > COLUMNS) rows.push(word);
    else rows[rows.length - 1] = `${last} ${word}`;
  }
  return rows.join("\n");
}
