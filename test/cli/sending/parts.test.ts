import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  BACKOFF_BASE_MS,
  BACKOFF_CAP_MS,
  backoffDelayMs,
  readRetryAfterMs,
} from "../../../src/cli/sending/backoff.ts";
import { deliverAll } from "../../../src/cli/sending/deliverAll.ts";
import { LINE_CHARACTERS_MAX, type Line, readLines } from "../../../src/cli/sending/lines.ts";
import { startProgress } from "../../../src/cli/sending/progress.ts";
import { createReplay } from "../../../src/cli/sending/replay.ts";
import { describeProgress, describeResult, newTally } from "../../../src/cli/sending/tally.ts";
import type { EpochMs } from "../../../src/domain/reading.ts";

const NEVER = new AbortController().signal;

describe("the wait before a retry", () => {
  test("is any time up to a ceiling that doubles from a first one to a last", () => {
    const almostOne = () => 1 - 2 ** -53;
    const ceilings = [0, 1, 2, 3, 4, 5, 6, 1_000].map((attempt) => backoffDelayMs(attempt, almostOne) + 1);
    const doubled = [1, 2, 4, 8, 16, 32].map((factor) => factor * BACKOFF_BASE_MS);
    expect(ceilings).toEqual([...doubled, BACKOFF_CAP_MS, BACKOFF_CAP_MS]);
    expect(backoffDelayMs(5, () => 0)).toBe(0);
    expect(backoffDelayMs(1, () => 0.5)).toBe(BACKOFF_BASE_MS);
  });

  test("is never negative or past the cap, whatever the attempt", () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.nat(), random, (attempt, drawn) => {
        expect(backoffDelayMs(attempt, () => drawn)).toBeWithin(0, BACKOFF_CAP_MS);
      }),
    );
  });

  test("is read from Retry-After as seconds or as a date", () => {
    const now = Date.parse("2024-03-01T17:00:00Z");
    expect(readRetryAfterMs("120", now)).toBe(120_000);
    expect(readRetryAfterMs("Fri, 01 Mar 2024 17:00:30 GMT", now)).toBe(30_000);
    expect(readRetryAfterMs("Fri, 01 Mar 2024 16:00:00 GMT", now)).toBe(0);
    for (const other of [null, "", "soon", "-1", "1.5"]) expect(readRetryAfterMs(other, now)).toBeUndefined();
  });
});

describe("lines", () => {
  async function linesOf(chunks: readonly Uint8Array[], signal = NEVER): Promise<Line[]> {
    async function* stream() {
      yield* chunks;
    }
    return Array.fromAsync(readLines(stream(), signal));
  }
  const bytes = (text: string) => new TextEncoder().encode(text);

  test("come out the same however the bytes are cut, with either line end and a byte order mark", async () => {
    const whole = bytes("\uFEFFfirst\r\nzweite é 心\n\n\r\nlast");
    const expected = ["first", "zweite é 心", "", "", "last"];
    for (let size = 1; size <= whole.length; size++) {
      const chunks = [];
      for (let at = 0; at < whole.length; at += size) chunks.push(whole.subarray(at, at + size));
      const lines = await linesOf(chunks);
      expect(lines.map(({ text }) => text)).toEqual(expected);
      expect(lines.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
    }
  });

  test("past the limit are named and passed over; at the limit they are read", async () => {
    const longest = "x".repeat(LINE_CHARACTERS_MAX);
    const text = bytes(`a\n${longest}\n${longest}y\nb\n${longest}${longest}${longest}\nc`);
    for (const size of [1_000, text.length]) {
      const chunks = [];
      for (let at = 0; at < text.length; at += size) chunks.push(text.subarray(at, at + size));
      const lines = await linesOf(chunks);
      expect(lines.map(({ number, tooLong }) => [number, tooLong])).toEqual([
        [1, false],
        [2, false],
        [3, true],
        [4, false],
        [5, true],
        [6, false],
      ]);
      expect(lines[1]?.text).toBe(longest);
    }
  });

  test("end when the signal is aborted, also while the stream is silent", async () => {
    const stop = new AbortController();
    async function* silent() {
      yield bytes("first\n");
      await new Promise(() => {});
    }
    const lines: string[] = [];
    for await (const { text } of readLines(silent(), stop.signal)) {
      lines.push(text);
      setTimeout(() => stop.abort(), 20);
    }
    expect(lines).toEqual(["first"]);
  });
});

describe("a replay", () => {
  const play = (replay: ReturnType<typeof createReplay>, ...recorded: number[]) =>
    recorded
      .map((time) => replay(time as EpochMs))
      .map(({ dueAfterMs, measuredAt }) => [dueAfterMs, measuredAt]);

  test("waits for the differences, divided by the speed, and never for a step back", () => {
    expect(play(createReplay(10, { kind: "none" }), 5_000, 6_000, 5_500, 8_000)).toEqual([
      [0, 5_000],
      [100, 6_000],
      [100, 5_500],
      [350, 8_000],
    ]);
  });

  test("without waiting keeps the times, or moves them all by one distance", () => {
    expect(play(createReplay("max", { kind: "none" }), 5, 9_000)).toEqual([
      [0, 5],
      [0, 9_000],
    ]);
    expect(play(createReplay("max", { kind: "by", distanceMs: 100 }), 5, 9_000)).toEqual([
      [0, 105],
      [0, 9_100],
    ]);
  });

  test("shifted to now presses the times together by its speed", () => {
    const replay = createReplay(10, { kind: "first at", time: 1_000_000 as EpochMs });
    expect(play(replay, 5_000, 6_000, 5_500)).toEqual([
      [0, 1_000_000],
      [100, 1_000_100],
      [100, 1_000_050],
    ]);
  });

  test("never presses two rising times into one: they would be one reading to the server", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(1_000_000), { minLength: 2 }),
        fc.integer({ min: 1, max: 1_000 }),
        (set, speed) => {
          const times = set.sort((a, b) => a - b);
          const moments = play(createReplay(speed, { kind: "first at", time: 1e12 as EpochMs }), ...times);
          expect(new Set(moments.map(([, measuredAt]) => measuredAt)).size).toBe(times.length);
        },
      ),
    );
  });
});

describe("a stream of deliveries", () => {
  async function* numbers(count: number, failAt?: number) {
    for (let number = 1; number <= count; number++) {
      if (number === failAt) throw new Error("the stream broke");
      yield number;
    }
  }

  test("has never more under way than allowed, and all of that", async () => {
    let underWay = 0;
    let most = 0;
    const delivered: number[] = [];
    await deliverAll(
      numbers(100),
      7,
      async (number) => {
        most = Math.max(most, ++underWay);
        await Bun.sleep(1);
        underWay--;
        delivered.push(number);
      },
      () => {},
    );
    expect(most).toBe(7);
    expect(delivered.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
  });

  test("delivers what came before a break of the stream", async () => {
    const delivered: number[] = [];
    const deliver = async (number: number) => {
      await Bun.sleep(5);
      delivered.push(number);
    };
    await expect(deliverAll(numbers(9, 5), 3, deliver, () => {})).rejects.toThrow("the stream broke");
    expect(delivered).toEqual([1, 2, 3, 4]);
  });

  test("takes nothing more after a failure, and says so at once", async () => {
    let told = 0;
    const started: number[] = [];
    const deliver = async (number: number) => {
      started.push(number);
      if (number === 3) throw new Error("refused");
    };
    const delivering = deliverAll(numbers(100), 1, deliver, () => told++);
    await expect(delivering).rejects.toThrow("refused");
    expect(started).toEqual([1, 2, 3]);
    expect(told).toBe(1);
  });
});

describe("the progress", () => {
  test("says how many of how many, how fast, and what is in the way", () => {
    const tally = {
      ...newTally(0),
      total: 2_808,
      delivered: 1_204,
      retries: 1,
      skipped: 2,
      nextDueAtMs: 100_000,
    };
    expect(describeProgress(tally, 1, 10_000)).toBe(
      "1,204 of 2,808 readings, 1.0 a second, 1 retry, 2 lines left out, next in 1 min 30 s",
    );
    const troubled = { ...newTally(0), trouble: "the server answers 503" };
    expect(describeProgress(troubled, 0, 0)).toBe(
      "0 readings, 0.0 a second, trying again: the server answers 503",
    );
  });

  test("ends with what was done", () => {
    const tally = { ...newTally(0), total: 1, delivered: 1 };
    expect(describeResult(tally, 2_000)).toBe("Delivered 1 reading in 2.0 s (0.5 a second).");
    const zeros = { ...newTally(0), delivered: 10_000, zeroOrBelow: 3, retries: 2 };
    expect(describeResult(zeros, 7_384_000)).toBe(
      "Delivered 10,000 readings in 2 h 3 min (1.4 a second), 2 retries. 3 had a rate of 0 or below, which the server does not keep.",
    );
  });

  test("rewrites one line on a terminal, no wider than it", async () => {
    const written: string[] = [];
    const output = { isTTY: true, columns: 20, write: (text: string) => written.push(text) };
    const tally = newTally(performance.now());
    const progress = startProgress(output, tally);
    tally.delivered = 42;
    await Bun.sleep(600);
    progress.trouble("the server answers 503");
    progress.note("Line 3 left out.");
    progress.stop();
    expect(written.length).toBeWithin(3, 6);
    expect(written[0]).toStartWith("\r\x1b[2K42 readings, ");
    expect(written[0]!.length).toBe("\r\x1b[2K".length + 19);
    expect(written.at(-2)).toBe("\r\x1b[2KLine 3 left out.\n");
    expect(written.at(-1)).toBe("\r\x1b[2K");
  });

  test("outside a terminal says the first trouble at once and has no control characters", async () => {
    const written: string[] = [];
    const progress = startProgress({ write: (text) => written.push(text) }, newTally(0));
    progress.trouble("the server answers 503");
    progress.trouble("the server answers 503");
    await Bun.sleep(300);
    progress.stop();
    expect(written).toEqual(["Trying again: the server answers 503.\n"]);
  });
});
