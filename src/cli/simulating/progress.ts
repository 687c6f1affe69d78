import type { ProgressOutput } from "../sending/progress.ts";
import { plural } from "../sending/tally.ts";

/** What a simulation has done so far; the users' senders write it together. */
export interface SimulationTally {
  readonly users: number;
  sent: number;
  /** Attempts that failed and were made again. */
  errors: number;
  /** The first user's rate, beats a minute. */
  bpm: number | undefined;
  /** Why the last attempt failed; undefined while the server answers. */
  trouble: string | undefined;
}

const TERMINAL_EVERY_MS = 250;
const LOG_EVERY_MS = 10_000;
const CLEAR_LINE = "\r\x1b[2K";

/** One line that says how far the simulation is: `2 users, 134 readings sent, 0 errors, 72 bpm`. */
export function describeSimulation(tally: SimulationTally): string {
  const parts = [
    plural(tally.users, "user", "users"),
    `${plural(tally.sent, "reading", "readings")} sent`,
    plural(tally.errors, "error", "errors"),
  ];
  if (tally.bpm !== undefined) parts.push(`${tally.bpm} bpm${tally.users > 1 ? " (first user)" : ""}`);
  if (tally.trouble !== undefined) parts.push(`trying again: ${tally.trouble}`);
  return parts.join(", ");
}

/**
 * Shows how far a simulation is: on a terminal one line written again and again, elsewhere a line every ten seconds.
 *
 * @returns what ends it, and takes the line on a terminal away
 */
export function showProgress(output: ProgressOutput, tally: SimulationTally): () => void {
  const isTerminal = output.isTTY === true;
  const show = () => {
    const line = describeSimulation(tally);
    output.write(isTerminal ? `${CLEAR_LINE}${line.slice(0, (output.columns || 80) - 1)}` : `${line}\n`);
  };
  const timer = setInterval(show, isTerminal ? TERMINAL_EVERY_MS : LOG_EVERY_MS);
  return () => {
    clearInterval(timer);
    if (isTerminal) output.write(CLEAR_LINE);
  };
}
