import type { EpochMs } from "../../domain/reading.ts";
import { clockTime } from "./clockTime.ts";
import type { FeedEvent } from "./liveFeed.ts";
import { Screen, type Terminal } from "./screen.ts";
import { linkWords, stateWords, view } from "./view.ts";
import { type PulseState, pulseState, type WatchState } from "./watchState.ts";

/** One way to show what is heard. */
export interface Report {
  /** Something happened; `state` already knows it. */
  onEvent(event: FeedEvent, state: WatchState, now: EpochMs): void;
  /** Time has passed. */
  onTick(state: WatchState, now: EpochMs): void;
  /** Nothing more will come. */
  end(state: WatchState, now: EpochMs): void;
}

type Write = (text: string) => void;

/** A picture that is drawn in place. */
export function terminalReport(terminal: Terminal, colour: boolean, server: string): Report {
  const screen = new Screen(terminal, colour);
  const draw = (state: WatchState, now: EpochMs) => {
    // The last row stays free, so that the terminal never scrolls under us.
    const { columns: width, rows } = terminal;
    screen.draw(view(state, { width, height: Math.max(1, rows - 1), server }, now));
  };
  const end = (state: WatchState, now: EpochMs) => {
    screen.end();
    terminal.write(`${lastWords(state, now)}\n`);
  };
  return { onEvent: (_, state, now) => draw(state, now), onTick: draw, end };
}

/** What stays on the terminal: a picture that says "Live" must not. */
function lastWords({ last }: WatchState, now: EpochMs): string {
  const ended = `Ended at ${clockTime(now, now)}.`;
  if (last === undefined) return `${ended} No reading arrived.`;
  return `${ended} The last reading was ${last.bpm} bpm, measured at ${clockTime(last.measuredAt, now)}.`;
}

/** One line a reading to `out`; what else happens goes to `aside`. */
export function lineReport(out: Write, aside: Write, server: string): Report {
  const pulseChanged = changes();
  const tellPulse = (state: WatchState, now: EpochMs) => {
    const pulse = pulseChanged(pulseState(state, now));
    if (pulse !== undefined && pulse !== "waiting") aside(`${stateWords(state, now)}\n`);
  };
  return {
    onEvent(event, state, now) {
      if (event.kind === "reading") {
        out(`${clockTime(event.reading.measuredAt, now)}  ${String(event.reading.bpm).padStart(3)} bpm\n`);
      } else if (event.kind === "open" || event.kind === "lost") {
        aside(`${linkWords(state, server, now)}\n`);
      } else if (event.kind === "last known" && state.last === undefined) {
        aside(lastKnownLine(event, now));
      }
      tellPulse(state, now);
    },
    onTick: tellPulse,
    end() {},
  };
}

function lastKnownLine({ reading }: FeedEvent & { kind: "last known" }, now: EpochMs): string {
  if (reading === undefined) return "Nothing has been sent for this user yet.\n";
  return `Last known: ${reading.bpm} bpm, measured at ${clockTime(reading.measuredAt, now)}\n`;
}

/** One JSON object a line for each reading and each change of state. */
export function jsonReport(out: Write): Report {
  const pulseChanged = changes();
  const tell = (line: object) => out(`${JSON.stringify(line)}\n`);
  const tellPulse = (state: WatchState, now: EpochMs) => {
    const pulse = pulseChanged(pulseState(state, now));
    if (pulse !== undefined) tell({ type: "state", at: now, state: pulse });
  };
  return {
    onEvent(event, state, now) {
      tellPulse(state, now);
      tell(jsonEvent(event, now));
    },
    onTick: tellPulse,
    end() {},
  };
}

function jsonEvent(event: FeedEvent, now: EpochMs): object {
  switch (event.kind) {
    case "reading":
      return {
        type: "reading",
        received_at: now,
        measured_at: event.reading.measuredAt,
        heart_rate: event.reading.bpm,
      };
    case "last known":
      return {
        type: "last_known",
        at: now,
        measured_at: event.reading?.measuredAt ?? null,
        heart_rate: event.reading?.bpm ?? null,
      };
    case "connecting":
      return { type: "connection", at: now, connection: "connecting", attempt: event.attempt };
    case "open":
      return { type: "connection", at: now, connection: "open" };
    case "lost":
      return {
        type: "connection",
        at: now,
        connection: "lost",
        reason: event.reason,
        next_attempt: event.attempt,
        retry_in_ms: event.retryInMs,
      };
  }
}

/** Passes a value on only when it differs from the one before. */
function changes(): (value: PulseState) => PulseState | undefined {
  let before: PulseState | undefined;
  return (value) => {
    if (value === before) return undefined;
    before = value;
    return value;
  };
}
