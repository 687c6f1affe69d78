import { type BodyFacts, kilocaloriesAMinute } from "../../src/domain/calories.ts";
import type { CountedReading, Statistics } from "../../src/domain/statistics.ts";

const HOUR_MS = 3_600_000;

/**
 * Reckons statistics in one pass over the raw readings, millisecond span by millisecond span, and knows nothing of
 * sums of hours. What it divides it divides as whole numbers.
 */
export function plainStatistics(
  readings: readonly CountedReading[],
  facts: BodyFacts,
): Statistics | undefined {
  if (readings.length === 0) return undefined;
  const hours = new Map<number, { ms: bigint; bpmMs: bigint }>();
  for (let next = 1; next < readings.length; next++) {
    const [{ at: from, bpm }, { at: to }] = readings.slice(next - 1, next + 1) as [
      CountedReading,
      CountedReading,
    ];
    if (to - from > 30_000) continue;
    for (let start = from; start < to; ) {
      const hour = Math.floor(start / HOUR_MS);
      const end = Math.min(to, (hour + 1) * HOUR_MS);
      const sum = hours.get(hour) ?? { ms: 0n, bpmMs: 0n };
      hours.set(hour, { ms: sum.ms + BigInt(end - start), bpmMs: sum.bpmMs + BigInt(bpm * (end - start)) });
      start = end;
    }
  }
  const rates = readings.map(({ bpm }) => bpm);
  const sums = [...hours].sort(([a], [b]) => a - b).map(([, sum]) => sum);
  const ms = sums.reduce((total, sum) => total + sum.ms, 0n);
  const bpmMs = sums.reduce((total, sum) => total + sum.bpmMs, 0n);
  const kilocalories = sums
    .filter((sum) => sum.ms > 0n)
    .map((sum) => kilocaloriesAMinute(Number(sum.bpmMs) / Number(sum.ms), facts) * (Number(sum.ms) / 60_000))
    .reduce((total, hour) => total + hour, 0);
  return {
    maximumBpm: Math.max(...rates),
    minimumBpm: Math.min(...rates),
    averageBpm:
      ms > 0n
        ? roundedHalfUp(bpmMs, ms)
        : roundedHalfUp(BigInt(rates.reduce((a, b) => a + b)), BigInt(rates.length)),
    streamedSeconds: roundedHalfUp(ms, 1000n),
    kilocalories: Math.floor(kilocalories + 0.5),
  };
}

function roundedHalfUp(dividend: bigint, divisor: bigint): number {
  return Number((2n * dividend + divisor) / (2n * divisor));
}
