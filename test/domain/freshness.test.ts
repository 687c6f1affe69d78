import { describe, expect, test } from "bun:test";
import { freshness } from "../../src/domain/freshness.ts";
import type { EpochMs } from "../../src/domain/reading.ts";

const NOW = 1_709_312_400_000;
const after = (silenceMs: number) => freshness((NOW - silenceMs) as EpochMs, NOW as EpochMs);

describe("a pulse", () => {
  const cases = [
    [0, "live"],
    [9_999, "live"],
    [10_000, "stale"],
    [29_999, "stale"],
    [30_000, "gone"],
    [86_400_000, "gone"],
  ] as const;
  for (const [silenceMs, expected] of cases) {
    test(`is ${expected} ${silenceMs} ms after its last reading arrived`, () => {
      expect(after(silenceMs)).toBe(expected);
    });
  }

  test("that never was is gone", () => {
    expect(freshness(undefined, NOW as EpochMs)).toBe("gone");
  });

  test("whose last reading arrived after now, because a clock was set back, is live", () => {
    expect(after(-5_000)).toBe("live");
  });
});
