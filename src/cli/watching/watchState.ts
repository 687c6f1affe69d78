import { type Freshness, freshness } from "../../domain/freshness.ts";
import type { Bpm, EpochMs } from "../../domain/reading.ts";
import type { HeardReading } from "./heardReading.ts";
import type { FeedEvent } from "./liveFeed.ts";

/** What arrived within one second of this machine's clock. */
export interface TraceSecond {
  /** Seconds since 1970. */
  readonly second: number;
  readonly lastBpm: Bpm;
  readonly lowestBpm: Bpm;
  readonly highestBpm: Bpm;
}

export type Link =
  | { readonly kind: "connecting"; readonly attempt: number }
  | { readonly kind: "open" }
  | { readonly kind: "lost"; readonly attempt: number; readonly reason: string; readonly retryAt: EpochMs };

/** Everything that the view shows, kept as small as the view needs it. */
export interface WatchState {
  readonly link: Link;
  /** Whether a connection was ever open: what follows is then a reconnection. */
  readonly wasOpen: boolean;
  /** The last reading that arrived live, and when. */
  readonly last: (HeardReading & { readonly arrivedAt: EpochMs }) | undefined;
  /** The newest reading that the server told when asked; `none`: nothing was ever sent. */
  readonly lastKnown: HeardReading | "none" | undefined;
  /** Oldest first, at most {@link TRACE_SECONDS_MAX}. */
  readonly trace: readonly TraceSecond[];
}

/** How far back the trace goes. */
export const TRACE_SECONDS_MAX = 120;

export const STARTED: WatchState = {
  link: { kind: "connecting", attempt: 1 },
  wasOpen: false,
  last: undefined,
  lastKnown: undefined,
  trace: [],
};

/** Takes in what happened at `now`. */
export function afterEvent(state: WatchState, event: FeedEvent, now: EpochMs): WatchState {
  switch (event.kind) {
    case "connecting":
      return { ...state, link: { kind: "connecting", attempt: event.attempt } };
    case "open":
      return { ...state, link: { kind: "open" }, wasOpen: true };
    case "lost": {
      const retryAt = (now + event.retryInMs) as EpochMs;
      return { ...state, link: { kind: "lost", attempt: event.attempt, reason: event.reason, retryAt } };
    }
    case "last known":
      return { ...state, lastKnown: event.reading ?? "none" };
    case "reading":
      return {
        ...state,
        last: { ...event.reading, arrivedAt: now },
        trace: afterReading(state.trace, event.reading.bpm, now),
      };
  }
}

function afterReading(trace: readonly TraceSecond[], bpm: Bpm, now: EpochMs): TraceSecond[] {
  const second = Math.floor(now / 1000);
  const recent = trace.filter((at) => at.second > second - TRACE_SECONDS_MAX && at.second <= second);
  const same = recent.at(-1)?.second === second ? recent.pop() : undefined;
  recent.push({
    second,
    lastBpm: bpm,
    lowestBpm: same !== undefined && same.lowestBpm < bpm ? same.lowestBpm : bpm,
    highestBpm: same !== undefined && same.highestBpm > bpm ? same.highestBpm : bpm,
  });
  return recent;
}

/** Whether the pulse can be believed; `waiting`: nothing has arrived since the start. */
export type PulseState = Freshness | "waiting";

/** Counted from when the last reading arrived here: a device's clock may be wrong. */
export function pulseState({ last }: WatchState, now: EpochMs): PulseState {
  return last === undefined ? "waiting" : freshness(last.arrivedAt, now);
}
