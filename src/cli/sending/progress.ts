import { describeProgress, type Tally } from "./tally.ts";

/** On a terminal one line is written again this often. */
const TERMINAL_EVERY_MS = 250;

/** Elsewhere (a log, a pipe) a line is added this often. */
const LOG_EVERY_MS = 10_000;

/** The rate shown is that of about the last five seconds on a terminal, and of the last line elsewhere. */
const RATE_SAMPLES_MAX = 20;

/** The part of a terminal, or of any other stream, that the progress is written to. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Progress {
  /** Says one thing in a line of its own, which stays. */
  note(text: string): void;
  /** Says that an attempt failed; in a log at once, but no more often than progress, in words for a sentence's end. */
  trouble(reason: string): void;
  /** Takes the progress away, for the summary that follows. */
  stop(): void;
}

/**
 * Shows how far a run is until stopped.
 *
 * @param output undefined to show nothing
 */
export function startProgress(output: ProgressOutput | undefined, tally: Tally): Progress {
  if (output === undefined) return { note: () => {}, trouble: () => {}, stop: () => {} };
  const isTerminal = output.isTTY === true;
  const samples = [{ atMs: performance.now(), delivered: tally.delivered }];

  const show = () => {
    const nowMs = performance.now();
    const oldest = samples[0]!;
    const perSecond = ((tally.delivered - oldest.delivered) * 1000) / Math.max(nowMs - oldest.atMs, 1);
    samples.push({ atMs: nowMs, delivered: tally.delivered });
    if (samples.length > (isTerminal ? RATE_SAMPLES_MAX : 1)) samples.shift();
    const line = describeProgress(tally, perSecond, nowMs);
    output.write(isTerminal ? `${CLEAR_LINE}${line.slice(0, (output.columns || 80) - 1)}` : `${line}\n`);
  };
  const timer = setInterval(show, isTerminal ? TERMINAL_EVERY_MS : LOG_EVERY_MS);

  const note = (text: string) => void output.write(`${isTerminal ? CLEAR_LINE : ""}${text}\n`);
  let troubleSaidAtMs = Number.NEGATIVE_INFINITY;
  return {
    note,
    trouble(reason) {
      // The line on a terminal says it already.
      if (isTerminal || performance.now() - troubleSaidAtMs < LOG_EVERY_MS) return;
      troubleSaidAtMs = performance.now();
      note(`Trying again: ${reason}.`);
    },
    stop() {
      clearInterval(timer);
      if (isTerminal) output.write(CLEAR_LINE);
    },
  };
}

/** To the start of the line, and clear it (ECMA-48 EL). */
const CLEAR_LINE = "\r\x1b[2K";
