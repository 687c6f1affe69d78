import { describe, expect, test } from "bun:test";
import { clockTime } from "../../../src/cli/watching/clockTime.ts";
import type { FeedEvent } from "../../../src/cli/watching/liveFeed.ts";
import { jsonReport, lineReport, terminalReport } from "../../../src/cli/watching/report.ts";
import { afterEvent, STARTED } from "../../../src/cli/watching/watchState.ts";
import type { Bpm, EpochMs } from "../../../src/domain/reading.ts";
import { heard, later, NOON, reading } from "./moments.ts";

/** The few orders that the picture uses, carried out on a grid: what a person would see. */
class TestTerminal {
  readonly columns = 60;
  readonly rows = 30;
  written = "";
  #grid: string[] = [""];
  #row = 0;
  #column = 0;

  write(text: string): void {
    this.written += text;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal is driven by them
    for (const part of text.match(/\x1b\[[?\d;]*[A-Za-z]|./gsu) ?? []) this.#obey(part);
  }

  #obey(part: string): void {
    const line = [...(this.#grid[this.#row] ?? "")];
    if (part === "\r") this.#column = 0;
    else if (part === "\n") this.#row += 1;
    else if (part.endsWith("A") && part.length > 1) this.#row -= Number(part.slice(2, -1));
    else if (part.endsWith("K") && part.length > 1)
      this.#grid[this.#row] = line.slice(0, this.#column).join("");
    else if (part.endsWith("J") && part.length > 1) {
      this.#grid = this.#grid.slice(0, this.#row + 1);
      this.#grid[this.#row] = line.slice(0, this.#column).join("");
    } else if (!part.startsWith("\x1b")) {
      line[this.#column] = part;
      this.#column += 1;
      this.#grid[this.#row] = Array.from(line, (cell) => cell ?? " ").join("");
    }
  }

  get visible(): string {
    return this.#grid.join("\n");
  }
}

describe("on a terminal", () => {
  test("redraws in place, below what stood there, and leaves one honest line and the cursor behind", () => {
    const terminal = new TestTerminal();
    terminal.write("$ heartwire watch\r\n");
    const report = terminalReport(terminal, true, "heart.test:4327");
    let state = heard([70, 71]);
    report.onTick(state, NOON);
    expect(terminal.visible).toStartWith("$ heartwire watch\n\n  ♥ Live");
    report.onTick(state, later(12));
    expect(terminal.visible).toStartWith("$ heartwire watch\n\n  ♡ Stale for 12 s");
    expect(terminal.visible).not.toContain("Live");
    state = afterEvent(
      state,
      { kind: "lost", reason: "the connection was lost", attempt: 1, retryInMs: 0 },
      later(40),
    );
    report.onTick(state, later(40));
    expect(terminal.visible.match(/Gone since/g)).toHaveLength(1);
    expect(terminal.written).not.toContain("\x1b[?25h");
    report.end(state, later(41));
    const [ended, measured] = [clockTime(later(41), NOON), clockTime(NOON, NOON)];
    expect(terminal.visible.trimEnd()).toBe(
      `$ heartwire watch\nEnded at ${ended}. The last reading was 71 bpm, measured at ${measured}.`,
    );
    expect(terminal.written).toContain("\x1b[?25h");
  });

  test("writes nothing when nothing changed", () => {
    const terminal = new TestTerminal();
    const report = terminalReport(terminal, true, "heart.test:4327");
    report.onTick(heard([70]), NOON);
    const before = terminal.written;
    report.onTick(heard([70]), later(0.25));
    expect(terminal.written).toBe(before);
  });

  test("uses no colour when told not to, and says the same", () => {
    const [plain, coloured] = [new TestTerminal(), new TestTerminal()];
    terminalReport(plain, false, "heart.test:4327").onTick(heard([70]), NOON);
    terminalReport(coloured, true, "heart.test:4327").onTick(heard([70]), NOON);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the orders that colour text
    const colours = /\x1b\[[\d;]*m/;
    expect(plain.written).not.toMatch(colours);
    expect(coloured.written).toMatch(colours);
    expect(coloured.visible).toBe(plain.visible);
  });
});

describe("without a terminal", () => {
  test("prints one line a reading, and what else happens aside", () => {
    let [out, aside] = ["", ""];
    const report = lineReport(
      (text) => {
        out += text;
      },
      (text) => {
        aside += text;
      },
      "heart.test:4327",
    );
    let state = STARTED;
    const tell = (event: FeedEvent, at: EpochMs) => {
      state = afterEvent(state, event, at);
      report.onEvent(event, state, at);
    };
    tell({ kind: "last known", reading: { bpm: 60 as Bpm, measuredAt: later(-60) } }, NOON);
    tell({ kind: "open" }, NOON);
    tell(reading(72, NOON), NOON);
    tell(reading(101, later(1)), later(1));
    report.onTick(state, later(12));
    report.onTick(state, later(13));
    const clock = (at: number) => clockTime(later(at), NOON);
    expect(out).toBe(`${clock(0)}   72 bpm\n${clock(1)}  101 bpm\n`);
    expect(aside.split("\n")).toEqual([
      `Last known: 60 bpm, measured at ${clock(-60)}`,
      "Connected to heart.test:4327",
      "Live",
      "Stale for 11 s",
      "",
    ]);
  });

  test("with --json prints one object a line for each reading and each change of state", () => {
    const lines: object[] = [];
    const report = jsonReport((text) => lines.push(JSON.parse(text)));
    let state = STARTED;
    const tell = (event: FeedEvent, at: EpochMs) => {
      state = afterEvent(state, event, at);
      report.onEvent(event, state, at);
    };
    tell({ kind: "connecting", attempt: 1 }, NOON);
    tell({ kind: "last known", reading: undefined }, NOON);
    tell({ kind: "open" }, NOON);
    tell(reading(72, later(-1)), NOON);
    report.onTick(state, later(5));
    report.onTick(state, later(10));
    report.onTick(state, later(30));
    tell({ kind: "lost", reason: "the connection was lost", attempt: 1, retryInMs: 250 }, later(31));
    expect(lines).toEqual([
      { type: "state", at: NOON, state: "waiting" },
      { type: "connection", at: NOON, connection: "connecting", attempt: 1 },
      { type: "last_known", at: NOON, measured_at: null, heart_rate: null },
      { type: "connection", at: NOON, connection: "open" },
      { type: "state", at: NOON, state: "live" },
      { type: "reading", received_at: NOON, measured_at: later(-1), heart_rate: 72 },
      { type: "state", at: later(10), state: "stale" },
      { type: "state", at: later(30), state: "gone" },
      {
        type: "connection",
        at: later(31),
        connection: "lost",
        reason: "the connection was lost",
        next_attempt: 1,
        retry_in_ms: 250,
      },
    ] as object[]);
  });
});
