import { freshness } from "../../domain/freshness.ts";
import type { EpochMs } from "../../domain/reading.ts";
import { sparkline } from "../../domain/sparkline.ts";
import { BIG_ROWS, bigDigits, bigWidth } from "./bigDigits.ts";
import { clockTime } from "./clockTime.ts";
import {
  type PulseState,
  pulseState,
  TRACE_SECONDS_MAX,
  type TraceSecond,
  type WatchState,
} from "./watchState.ts";

/** What a line means; colour only repeats it, the words say it. */
export type Tone = "alive" | "stale" | "quiet" | "plain";

export interface ViewLine {
  readonly text: string;
  readonly tone: Tone;
}

export interface ViewOptions {
  /** Characters; no line is longer. */
  readonly width: number;
  /** Rows; there are never more lines. */
  readonly height: number;
  /** The server's name as the user knows it. */
  readonly server: string;
}

const MARGIN = "  ";
const TRACE_ROWS = 3;
/** The trace shows at least this much time, however narrow the terminal is. */
const TRACE_SECONDS_MIN = 60;

/** Draws what is known at `now` as lines of text: the same input gives the same lines. */
export function view(state: WatchState, options: ViewOptions, now: EpochMs): ViewLine[] {
  const pulse = pulseState(state, now);
  const tone = TONES[pulse];
  const heading: ViewLine[] = [{ text: `${pulse === "live" ? "♥" : "♡"} ${stateWords(state, now)}`, tone }];
  const number = numberLines(state, pulse, tone, options.width);
  const memory = lines(memoryWords(state, pulse, now), "plain", options.width);
  const trace = traceLines(state.trace, pulse, options.width, now);
  const link = [
    ...lines(linkWords(state, options.server, now), "quiet", options.width),
    ...lines("Ctrl-C ends.", "quiet", options.width),
  ];
  const sections = [heading, number, memory, trace, link].filter((section) => section.length > 0);
  return arrange(sections, options).map(({ text, tone }) => {
    const shown = text === "" ? "" : [...(MARGIN + text)].slice(0, options.width).join("").trimEnd();
    return { text: shown, tone };
  });
}

const TONES: Record<PulseState, Tone> = { live: "alive", stale: "stale", gone: "quiet", waiting: "quiet" };
const EMPTY: ViewLine = { text: "", tone: "plain" };

/** With air where there is room, without it where there is little, and the most important lines where there is none. */
function arrange(sections: readonly (readonly ViewLine[])[], { height }: ViewOptions): ViewLine[] {
  const airy = sections.flatMap((section) => [EMPTY, ...section]);
  if (airy.length <= height) return airy;
  return sections.flat().slice(0, Math.max(height, 1));
}

/** The pulse's state in words, such as `Stale for 12 s`. */
export function stateWords(state: WatchState, now: EpochMs): string {
  const arrivedAt = state.last?.arrivedAt ?? now;
  switch (pulseState(state, now)) {
    case "live":
      return "Live";
    case "stale":
      return `Stale for ${Math.floor((now - arrivedAt) / 1000)} s`;
    case "gone":
      return `Gone since ${clockTime(arrivedAt, now)}`;
    case "waiting":
      return "Waiting for a first reading";
  }
}

function numberLines({ last }: WatchState, pulse: PulseState, tone: Tone, width: number): ViewLine[] {
  const believable = pulse === "live" || pulse === "stale";
  const text = believable ? String(last?.bpm) : "--";
  const padded = text.padStart(3);
  const label = " bpm";
  if (padded.length > 3 || MARGIN.length + bigWidth(3) + label.length > width) {
    return [{ text: `${text}${label}`, tone }];
  }
  return bigDigits(padded).map((row, index) => ({ text: index === BIG_ROWS - 1 ? row + label : row, tone }));
}

/** What was known before, marked as such, where nothing live says more. */
function memoryWords({ last, lastKnown }: WatchState, pulse: PulseState, now: EpochMs): string {
  if (pulse === "live" || pulse === "stale") return "";
  if (lastKnown === "none" && last === undefined) return "Nothing has been sent for this user yet.";
  const told = lastKnown === "none" ? undefined : lastKnown;
  const newest = told !== undefined && told.measuredAt > (last?.measuredAt ?? -1) ? told : last;
  if (newest === undefined) return "";
  return `Last known: ${newest.bpm} bpm, measured at ${clockTime(newest.measuredAt, now)}`;
}

/** What the connection is doing, in words. */
export function linkWords({ link, wasOpen }: WatchState, server: string, now: EpochMs): string {
  const again = wasOpen ? "Reconnecting" : "Connecting";
  switch (link.kind) {
    case "open":
      return `Connected to ${server}`;
    case "connecting":
      return link.attempt === 1 && !wasOpen
        ? `Connecting to ${server}`
        : `${again} to ${server}, attempt ${link.attempt}`;
    case "lost": {
      const waitS = Math.max(0, Math.ceil((link.retryAt - now) / 1000));
      return `${again}, attempt ${link.attempt} in ${waitS} s: ${link.reason}`;
    }
  }
}

function traceLines(
  trace: readonly TraceSecond[],
  pulse: PulseState,
  width: number,
  now: EpochMs,
): ViewLine[] {
  const columns = Math.min(width - 2 * MARGIN.length, TRACE_SECONDS_MAX);
  if (columns < 8) return [];
  const columnS = Math.ceil(TRACE_SECONDS_MIN / columns);
  const endColumn = Math.floor(now / 1000 / columnS);
  const fromS = (endColumn - columns + 1) * columnS;
  const shown = trace.filter(({ second }) => second >= fromS);
  if (shown.length === 0) return [];

  const values = Array.from({ length: columns }, (_, column) => {
    const startS = fromS + column * columnS;
    const before = trace.findLast(({ second }) => second < startS + columnS);
    if (before === undefined) return undefined;
    // A sensor that reports every five seconds is still one line; where the pulse was stale there is a gap.
    const believable = freshness((before.second * 1000) as EpochMs, (startS * 1000) as EpochMs) === "live";
    return believable ? before.lastBpm : undefined;
  });
  const lowest = Math.min(...shown.map(({ lowestBpm }) => lowestBpm));
  const highest = Math.max(...shown.map(({ highestBpm }) => highestBpm));
  const tone: Tone = pulse === "live" ? "alive" : "quiet";
  return [
    ...sparkline(values, TRACE_ROWS).map((text): ViewLine => ({ text, tone })),
    ...lines(`Last ${columns * columnS} s: lowest ${lowest}, highest ${highest}`, "quiet", width),
  ];
}

/** Breaks a sentence between its words into lines that fit beside the margin. */
function lines(sentence: string, tone: Tone, width: number): ViewLine[] {
  if (sentence === "") return [];
  const room = Math.max(width - MARGIN.length, 8);
  const broken: string[] = [];
  for (const word of sentence.split(" ")) {
    const line = broken.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= room)
      broken[broken.length - 1] = `${line} ${word}`;
    else broken.push(word);
  }
  return broken.map((text) => ({ text, tone }));
}
