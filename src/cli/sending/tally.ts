import type { WireReading } from "../../exchange/ndjson.ts";

/** What a run of `send` has done so far. */
export interface Tally {
  /** By `performance.now()`. */
  startedAtMs: number;
  /** How many readings there are, where the source could be read in advance. */
  total: number | undefined;
  /** Answered 200. */
  delivered: number;
  /** Of the delivered ones, those with a rate of 0 or below: the server does not keep them. */
  zeroOrBelow: number;
  /** Lines left out because of `--skip-invalid`. */
  skipped: number;
  retries: number;
  /** Why the last attempt failed; undefined while the server answers. */
  trouble: string | undefined;
  /** When the next reading of a replay is due, by `performance.now()`; undefined when none waits. */
  nextDueAtMs: number | undefined;
  /** The earliest and latest times delivered, as they were sent. */
  firstMeasuredAt: number | undefined;
  lastMeasuredAt: number | undefined;
}

/** @param startedAtMs by `performance.now()` */
export function newTally(startedAtMs: number): Tally {
  return {
    startedAtMs,
    total: undefined,
    delivered: 0,
    zeroOrBelow: 0,
    skipped: 0,
    retries: 0,
    trouble: undefined,
    nextDueAtMs: undefined,
    firstMeasuredAt: undefined,
    lastMeasuredAt: undefined,
  };
}

export function countDelivered(tally: Tally, { measuredAt, heartRate }: WireReading): void {
  tally.delivered++;
  if (heartRate <= 0) tally.zeroOrBelow++;
  tally.firstMeasuredAt = Math.min(tally.firstMeasuredAt ?? measuredAt, measuredAt);
  tally.lastMeasuredAt = Math.max(tally.lastMeasuredAt ?? measuredAt, measuredAt);
}

/** One line that says how far the run is: `1,204 of 2,808 readings, 1.0 a second, 3 retries`. */
export function describeProgress(tally: Tally, perSecond: number, nowMs: number): string {
  const parts = [describeCount(tally), `${rate(perSecond)} a second`];
  if (tally.retries > 0) parts.push(plural(tally.retries, "retry", "retries"));
  if (tally.skipped > 0) parts.push(`${plural(tally.skipped, "line", "lines")} left out`);
  if (tally.trouble !== undefined) parts.push(`trying again: ${tally.trouble}`);
  const waitMs = (tally.nextDueAtMs ?? 0) - nowMs;
  if (waitMs > NEXT_SHOWN_FROM_MS) parts.push(`next in ${duration(waitMs)}`);
  return parts.join(", ");
}

/** A pause in a replay shorter than this is not worth a word. */
const NEXT_SHOWN_FROM_MS = 5_000;

/** What was done, in one or two sentences. */
export function describeResult(tally: Tally, nowMs: number): string {
  const elapsedMs = nowMs - tally.startedAtMs;
  const perSecond = tally.delivered / Math.max(elapsedMs / 1000, 0.001);
  const parts = [`Delivered ${describeCount(tally)} in ${duration(elapsedMs)} (${rate(perSecond)} a second)`];
  if (tally.retries > 0) parts.push(plural(tally.retries, "retry", "retries"));
  if (tally.skipped > 0) parts.push(`${plural(tally.skipped, "line", "lines")} left out`);
  const ignored =
    tally.zeroOrBelow > 0
      ? ` ${count(tally.zeroOrBelow)} had a rate of 0 or below, which the server does not keep.`
      : "";
  return `${parts.join(", ")}.${ignored}`;
}

/** What `--json` prints. */
export function summarize(tally: Tally, nowMs: number, error: string | null): Record<string, unknown> {
  return {
    complete: error === null,
    delivered: tally.delivered,
    zero_or_below: tally.zeroOrBelow,
    skipped_lines: tally.skipped,
    retries: tally.retries,
    elapsed_ms: Math.round(nowMs - tally.startedAtMs),
    first_measured_at: tally.firstMeasuredAt ?? null,
    last_measured_at: tally.lastMeasuredAt ?? null,
    error,
  };
}

/** `1,204 of 2,808 readings`, or `1,204 readings` where the total is not known or reached. */
export function describeCount({ delivered, total }: Tally): string {
  if (total === undefined || total === delivered) return plural(delivered, "reading", "readings");
  return `${count(delivered)} of ${plural(total, "reading", "readings")}`;
}

/** `1,204`: the same on every machine. */
function count(number: number): string {
  return number.toLocaleString("en-US");
}

export function plural(number: number, one: string, many: string): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

function rate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : count(Math.round(perSecond));
}

function duration(durationMs: number): string {
  if (durationMs < 10_000) return `${(durationMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return `${seconds} s`;
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
