import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { clockTime } from "../../../src/cli/watching/clockTime.ts";
import type { FeedEvent } from "../../../src/cli/watching/liveFeed.ts";
import { view } from "../../../src/cli/watching/view.ts";
import { afterEvent, STARTED, type WatchState } from "../../../src/cli/watching/watchState.ts";
import type { Bpm, EpochMs } from "../../../src/domain/reading.ts";
import { heard, later, NOON, reading } from "./moments.ts";

function shown(state: WatchState, now: EpochMs, width = 80, height = 24): string {
  return view(state, { width, height, server: "heart.test:4327" }, now)
    .map(({ text }) => text)
    .join("\n");
}

describe("the picture", () => {
  test("says that a pulse is live, where it comes from, and how low and high it was", () => {
    const text = shown(heard([70, 72, 91, 68]), later(1));
    expect(text).toContain("♥ Live");
    expect(text).toContain("Last 76 s: lowest 68, highest 91");
    expect(text).toContain("Connected to heart.test:4327");
  });

  test("says for how long a pulse has been stale, and keeps its number", () => {
    const text = shown(heard([70, 72]), later(12.9));
    expect(text).toContain("♡ Stale for 12 s");
    expect(text).toContain("██████");
  });

  test("says since when a pulse is gone, takes the number away and tells the last one as known", () => {
    const text = shown(heard([111, 111]), later(45));
    expect(text).toContain(`♡ Gone since ${clockTime(NOON, NOON)}`);
    expect(text).toContain(`Last known: 111 bpm, measured at ${clockTime(NOON, NOON)}`);
    expect(text).toContain("██████  ██████\n");
    expect(text).not.toContain("Live");
  });

  test("counts silence from the arrival, whatever the device's clock says", () => {
    const fromTheFuture = afterEvent(STARTED, reading(72, later(3600)), NOON);
    expect(shown(fromTheFuture, later(15))).toContain("Stale for 15 s");
    const fromThePast = afterEvent(STARTED, reading(72, later(-3600)), NOON);
    expect(shown(fromThePast, later(1))).toContain("Live");
  });

  test("shows what the server knew before, marked as such with its time and date, and no number as if it were live", () => {
    const told = { bpm: 64 as Bpm, measuredAt: later(-3 * 86_400) };
    const text = shown(afterEvent(STARTED, { kind: "last known", reading: told }, NOON), NOON);
    expect(text).toContain("Waiting for a first reading");
    expect(text).toMatch(/Last known: 64 bpm, measured at 2026-05-2[89] \d\d:\d\d:\d\d/);
    expect(text).not.toContain("Live");
  });

  test("says so when nothing was ever sent", () => {
    const text = shown(afterEvent(STARTED, { kind: "last known", reading: undefined }, NOON), NOON);
    expect(text).toContain("Nothing has been sent for this user yet.");
  });

  test("says which attempt to reconnect comes next, when, and why", () => {
    const lost = { kind: "lost", reason: "the server is restarting", attempt: 3, retryInMs: 4000 } as const;
    const state = afterEvent(heard([70]), lost, later(2));
    expect(shown(state, later(3))).toContain("Reconnecting, attempt 3 in 3 s: the server is restarting");
    const again = afterEvent(state, { kind: "connecting", attempt: 3 }, later(6));
    expect(shown(again, later(6))).toContain("Reconnecting to heart.test:4327, attempt 3");
  });

  test("never says reconnecting before it was ever connected", () => {
    const lost = {
      kind: "lost",
      reason: "the server cannot be reached",
      attempt: 2,
      retryInMs: 500,
    } as const;
    expect(shown(afterEvent(STARTED, lost, NOON), NOON)).toContain("Connecting, attempt 2 in 1 s");
  });

  test("keeps every digit in its place from 99 to 100", () => {
    const rows = (bpm: number) =>
      shown(heard([bpm]), NOON)
        .split("\n")
        .slice(3, 8);
    const ones = (bpm: number) => rows(bpm).map((row) => row.padEnd(24).slice(18, 24));
    expect(ones(99)).toEqual(ones(109));
    expect(ones(100)).toEqual(ones(90));
    expect(rows(99).every((row) => row.length <= 28)).toBe(true);
  });

  test("leaves a gap in the trace where the pulse was stale", () => {
    let state = heard([70, 70, 70, 70, 70]);
    state = afterEvent(state, reading(70, later(30)), later(30));
    const bottom = shown(state, later(30))
      .split("\n")
      .findLast((line) => line.includes("█ "));
    expect(bottom).toMatch(/█{14} {20}█$/);
  });

  test.each([40, 120])(
    "fits %i columns with the number, a trace of a minute or more, and all words",
    (width) => {
      const state = heard(Array.from({ length: 120 }, (_, second) => 60 + (second % 50)));
      const text = shown(state, NOON, width);
      expect(Math.max(...text.split("\n").map((line) => [...line].length))).toBeLessThanOrEqual(width);
      expect(text).toContain("Live");
      expect(text).toContain(" bpm");
      expect(text).toMatch(width === 40 ? /Last 72 s/ : /Last 116 s/);
      expect(text).toContain("Ctrl-C ends.");
    },
  );

  test("fits any terminal, in any state", () => {
    const seconds = fc.integer({ min: -200, max: 200 });
    const anEvent = fc.oneof(
      fc.record({ at: seconds, event: fc.integer({ min: 1, max: 65_535 }).map((bpm) => reading(bpm, NOON)) }),
      fc.record({
        at: seconds,
        event: fc.constantFrom<FeedEvent>(
          { kind: "open" },
          {
            kind: "lost",
            reason: "the server closed the connection (code 4999)",
            attempt: 1234,
            retryInMs: 10_000,
          },
          { kind: "last known", reading: { bpm: 1 as Bpm, measuredAt: Number.MAX_SAFE_INTEGER as EpochMs } },
          { kind: "last known", reading: undefined },
        ),
      }),
    );
    const size = fc.integer({ min: 1, max: 200 });
    fc.assert(
      fc.property(fc.array(anEvent), size, size, seconds, (events, width, height, nowS) => {
        let state = STARTED;
        for (const { at, event } of events.sort((a, b) => a.at - b.at))
          state = afterEvent(state, event, later(at));
        const lines = view(state, { width, height, server: "heart.test:4327" }, later(nowS));
        expect(lines.length).toBeLessThanOrEqual(height);
        for (const { text } of lines) expect([...text].length).toBeLessThanOrEqual(width);
      }),
      { numRuns: 500 },
    );
  });
});
