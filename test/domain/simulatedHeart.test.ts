import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EpochMs } from "../../src/domain/reading.ts";
import {
  SIMULATED_BPM_MAX,
  SIMULATED_BPM_MIN,
  type SimulatedReading,
  simulateHeart,
} from "../../src/domain/simulatedHeart.ts";

const START = Date.UTC(2026, 0, 15, 10) as EpochMs;
const HOUR_S = 3600;
const SEEDS = [0, 1, 2, 3, 4, 5, 6, 7, 2 ** 32, Number.MAX_SAFE_INTEGER];

function simulated(seed: number, durationS: number, startAt = START): SimulatedReading[] {
  const readings: SimulatedReading[] = [];
  for (const reading of simulateHeart(seed, startAt)) {
    if (reading.atMs >= startAt + durationS * 1000) break;
    readings.push(reading);
  }
  return readings;
}

function recorded(file: string): SimulatedReading[] {
  const text = readFileSync(join(import.meta.dir, "..", "recordings", file), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .map((frame) => ({ atMs: frame.measured_at, bpm: frame.data.heart_rate }));
}

/** How far the rate moves between neighbouring readings that are about a second apart. */
function steps(readings: readonly SimulatedReading[]): { median: number; p99: number; mean: number } {
  const sizes: number[] = [];
  for (const [index, reading] of readings.entries()) {
    const before = readings[index - 1];
    if (before === undefined || Math.abs(reading.atMs - before.atMs - 1000) > 200) continue;
    sizes.push(Math.abs(reading.bpm - before.bpm));
  }
  sizes.sort((a, b) => a - b);
  const at = (share: number) => sizes[Math.floor(sizes.length * share)] ?? Number.NaN;
  return { median: at(0.5), p99: at(0.99), mean: sizes.reduce((sum, size) => sum + size, 0) / sizes.length };
}

/** The largest and the smallest mean rate of a whole minute. */
function minutes(readings: readonly SimulatedReading[]): number[] {
  const sums = new Map<number, { sum: number; count: number }>();
  for (const { atMs, bpm } of readings) {
    const minute = Math.floor((atMs - START) / 60_000);
    const { sum, count } = sums.get(minute) ?? { sum: 0, count: 0 };
    sums.set(minute, { sum: sum + bpm, count: count + 1 });
  }
  return [...sums.values()].map(({ sum, count }) => sum / count);
}

describe("the simulated heart", () => {
  test("is the same heart for the same seed, and another for another seed", () => {
    expect(simulated(7, 600)).toEqual(simulated(7, 600));
    expect(simulated(7, 600)).not.toEqual(simulated(8, 600));
  });

  test("beats the same way whenever it is started", () => {
    const later = (START + 86_400_123) as EpochMs;
    const shifted = simulated(7, 600, later).map(({ atMs, bpm }) => ({ atMs: atMs - 86_400_123, bpm }));
    expect(shifted as SimulatedReading[]).toEqual(simulated(7, 600));
  });

  test("stays between the lowest and the highest rate it promises, in whole beats a minute", () => {
    for (const seed of SEEDS) {
      for (const { bpm } of simulated(seed, 4 * HOUR_S)) {
        expect(Number.isInteger(bpm) && bpm >= SIMULATED_BPM_MIN && bpm <= SIMULATED_BPM_MAX).toBe(true);
      }
    }
  });

  test("reports about once a second, at whole milliseconds that strictly rise", () => {
    for (const seed of SEEDS) {
      const times = simulated(seed, HOUR_S).map(({ atMs }) => atMs);
      expect(times[0]! - START).toBeGreaterThanOrEqual(0);
      expect(times[0]! - START).toBeLessThan(100);
      const spacings = times.slice(1).map((at, index) => at - times[index]!);
      expect(times.every(Number.isInteger)).toBe(true);
      expect(Math.min(...spacings)).toBeGreaterThan(850);
      const near = spacings.filter((spacing) => spacing < 1150);
      expect(near.length / spacings.length).toBeGreaterThan(0.98);
      expect(new Set(near).size).toBeGreaterThan(20);
    }
  });

  test("loses its strap now and then, for seconds up to a minute, and finds it again", () => {
    const gapsS = SEEDS.flatMap((seed) => {
      const times = simulated(seed, 4 * HOUR_S).map(({ atMs }) => atMs);
      return times.slice(1).map((at, index) => (at - times[index]!) / 1000);
    }).filter((spacingS) => spacingS > 1.5);
    expect(gapsS.length).toBeGreaterThan(SEEDS.length * 4);
    expect(Math.min(...gapsS)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...gapsS)).toBeLessThan(62);
    expect(Math.max(...gapsS)).toBeGreaterThan(30);
  });

  test("rests, works and recovers: within two hours it has been near rest and far above it, more than once", () => {
    for (const seed of SEEDS) {
      const rates = minutes(simulated(seed, 2 * HOUR_S));
      const lowest = Math.min(...rates);
      const highest = Math.max(...rates);
      expect(lowest).toBeLessThan(95);
      expect(highest).toBeGreaterThan(110);
      const middle = (lowest + highest) / 2;
      const crossings = rates.filter(
        (rate, index) => index > 0 && rate > middle !== rates[index - 1]! > middle,
      );
      expect(crossings.length).toBeGreaterThanOrEqual(4);
    }
  });

  test("moves from one second to the next as real recordings do", () => {
    const files = [
      "multisport-6h50.ndjson",
      "ride-indoor-trainer-38min.ndjson",
      "row-indoor-intervals-28min.ndjson",
      "run-intervals-75min.ndjson",
      "run-outdoor-47min.ndjson",
      "strength-80min.ndjson",
    ];
    const real = files.map((file) => steps(recorded(file)));
    const lowest = (key: "median" | "p99" | "mean") => Math.min(...real.map((of) => of[key]));
    const highest = (key: "median" | "p99" | "mean") => Math.max(...real.map((of) => of[key]));
    for (const seed of SEEDS) {
      const heart = steps(simulated(seed, 2 * HOUR_S));
      expect(heart.median).toBeLessThanOrEqual(highest("median"));
      expect(heart.p99).toBeGreaterThanOrEqual(lowest("p99"));
      expect(heart.p99).toBeLessThanOrEqual(highest("p99"));
      expect(heart.mean).toBeGreaterThan(lowest("mean") * 0.75);
      expect(heart.mean).toBeLessThan(highest("mean") * 1.25);
    }
  });
});
