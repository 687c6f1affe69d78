import { expect, test } from "bun:test";
import { LatencyHistogram } from "../../bench/fanout/latencyHistogram.ts";

test("percentiles are those of the values, rounded up to a hundredth of a millisecond", () => {
  const histogram = new LatencyHistogram();
  expect(histogram.percentileMs(0.5)).toBeNaN();
  for (let value = 1; value <= 1_000; value++) histogram.record(value / 10 - 0.005);
  expect(histogram.total).toBe(1_000);
  expect(histogram.percentileMs(0.5)).toBe(50);
  expect(histogram.percentileMs(0.99)).toBe(99);
  expect(histogram.percentileMs(1)).toBe(100);
});

test("what is too long counts as the longest, and what cannot be as the shortest", () => {
  const histogram = new LatencyHistogram();
  histogram.record(60_000);
  histogram.record(-1);
  expect(histogram.percentileMs(0.5)).toBe(0.01);
  expect(histogram.percentileMs(1)).toBe(5_000.01);
});
