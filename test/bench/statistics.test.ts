import { expect, test } from "bun:test";
import { median, percentile } from "../../bench/statistics.ts";

test("the median of an even count is the middle of the two middle values", () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([9, 1, 5])).toBe(5);
  expect(median([])).toBeNaN();
});

test("a percentile is a value that was measured", () => {
  const hundred = Float64Array.from({ length: 100 }, (_, index) => index + 1);
  expect(percentile(hundred, 0.5)).toBe(50);
  expect(percentile(hundred, 0.99)).toBe(99);
  expect(percentile(hundred, 1)).toBe(100);
  expect(percentile(Float64Array.of(7), 0.99)).toBe(7);
});
