import type { Tone, ViewLine } from "./view.ts";

/** The part of a terminal that a view is drawn on. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
}

const SGR: Record<Tone, string> = { alive: "\x1b[1;31m", stale: "\x1b[33m", quiet: "\x1b[2m", plain: "" };
const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
const CLEAR_BELOW = "\x1b[J";
const CLEAR_LINE_END = "\x1b[K";

/** Draws a view again and again in the same place of a terminal, below what stood there before. */
export class Screen {
  #drawn: readonly ViewLine[] = [];
  #drawnColumns = 0;
  readonly #terminal: Terminal;
  readonly #colour: boolean;

  constructor(terminal: Terminal, colour: boolean) {
    this.#terminal = terminal;
    this.#colour = colour;
  }

  /** Replaces what was drawn before; writes nothing when nothing changed. */
  draw(lines: readonly ViewLine[]): void {
    const { columns } = this.#terminal;
    if (columns === this.#drawnColumns && sameLines(lines, this.#drawn)) return;
    const painted = lines.map((line) => this.#paint(line) + CLEAR_LINE_END).join("\r\n");
    this.#terminal.write(`${HIDE_CURSOR}${this.#backToTop()}${painted}${CLEAR_BELOW}`);
    this.#drawn = lines;
    this.#drawnColumns = columns;
  }

  /** Takes the view away and gives the cursor back, where the view began. */
  end(): void {
    this.#terminal.write(`${this.#backToTop()}${CLEAR_BELOW}${SHOW_CURSOR}`);
    this.#drawn = [];
  }

  /** A terminal that became narrower has broken the longer lines in two. */
  #backToTop(): string {
    const rows = this.#drawn.reduce((sum, { text }) => {
      return sum + Math.max(1, Math.ceil([...text].length / this.#terminal.columns));
    }, 0);
    return rows > 1 ? `\r\x1b[${rows - 1}A` : "\r";
  }

  #paint({ text, tone }: ViewLine): string {
    const sgr = this.#colour ? SGR[tone] : "";
    return sgr === "" || text === "" ? text : `${sgr}${text}\x1b[0m`;
  }
}

function sameLines(some: readonly ViewLine[], others: readonly ViewLine[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ text, tone }, index) => text === others[index]?.text && tone === others[index]?.tone)
  );
}
