import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { claimedTime, type EpochMs, effectiveTime } from "../../src/domain/reading.ts";

describe("the time at which a reading counts", () => {
  const at = (measuredAt: number, arrivedAt: number): number =>
    effectiveTime({ measuredAt: measuredAt as EpochMs, arrivedAt: arrivedAt as EpochMs });

  test("is the claimed time when that is before the arrival", () => {
    expect(at(1_000, 2_000)).toBe(1_000);
    expect(at(0, 2_000)).toBe(0);
  });

  test("is the arrival when the sender's clock is ahead", () => {
    expect(at(2_001, 2_000)).toBe(2_000);
    expect(at(Number.MAX_SAFE_INTEGER, 2_000)).toBe(2_000);
  });

  test("is either when they are the same", () => {
    expect(at(2_000, 2_000)).toBe(2_000);
  });

  test("is never after the arrival", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (claimed, arrival) => at(claimed, arrival) <= arrival),
    );
  });
});

describe("the claimed time", () => {
  const cases = [
    [0, 0],
    [0.999, 0],
    [1_709_312_400_000, 1_709_312_400_000],
    [1_709_312_400_000.999, 1_709_312_400_000],
    [99_999_999_999_999, 99_999_999_999_999],
    [99_999_999_999_999.98, 99_999_999_999_999],
    [100_000_000_000_000, 100_000_000_000],
    [1_709_312_400_000_999, 1_709_312_400_000],
    [Number.MAX_SAFE_INTEGER, 9_007_199_254_740],
  ] as const;
  for (const [claimed, expected] of cases) {
    test(`${claimed} is ${expected} ms`, () => {
      expect(Number(claimedTime(claimed))).toBe(expected);
    });
  }

  test("minus zero is zero: a time has no sign", () => {
    expect(Object.is(claimedTime(-0), 0)).toBe(true);
  });

  test("is always a whole number of milliseconds from 0", () => {
    const claimed = fc.double({ min: 0, max: Number.MAX_SAFE_INTEGER, noNaN: true });
    fc.assert(
      fc.property(claimed, (number) => {
        const time = claimedTime(number);
        return Number.isSafeInteger(time) && time >= 0;
      }),
    );
  });

  test("of microseconds is the millisecond in which they lie, exactly", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1e11, max: 9_007_199_254_739 }),
        fc.nat(999),
        (ms, rest) => Number(claimedTime(ms * 1_000 + rest)) === ms,
      ),
    );
  });
});
