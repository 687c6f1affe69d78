import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { kilocaloriesAMinute } from "../../src/domain/calories.ts";
import { hourOf } from "../../src/domain/hour.ts";
import { aggregateHour, type CountedReading, statisticsOf } from "../../src/domain/statistics.ts";
import { plainStatistics } from "../support/plainStatistics.ts";
import { byTime, keptReadings, recordingNamed } from "../support/recordings.ts";

const HOUR = 3_600_000;
const NOON = Date.UTC(2024, 2, 1, 12);

const at = (seconds: number, bpm: number): CountedReading => ({ at: NOON + seconds * 1000, bpm });

function byHours(readings: readonly CountedReading[]) {
  return [...Map.groupBy(readings, (reading) => hourOf(reading.at)).values()].map(aggregateHour);
}

const of = (...readings: readonly CountedReading[]) => statisticsOf(byHours(readings), {});

describe("statistics of a span", () => {
  test("there are none without a reading", () => {
    expect(of()).toBeUndefined();
  });

  test("one reading alone covers no time; it is its own average", () => {
    expect(of(at(0, 72))).toEqual({
      maximumBpm: 72,
      minimumBpm: 72,
      averageBpm: 72,
      streamedSeconds: 0,
      kilocalories: 0,
    });
  });

  test("a gap of 30 s is covered, one a millisecond longer is not", () => {
    expect(of(at(0, 60), at(30, 60))?.streamedSeconds).toBe(30);
    expect(of(at(0, 60), at(30.001, 60))?.streamedSeconds).toBe(0);
  });

  test("the average is weighted by the time that each heart rate held", () => {
    // 100 for one second, then 60 for nine: (100 + 9 x 60) / 10.
    expect(of(at(0, 100), at(1, 60), at(10, 200))?.averageBpm).toBe(64);
  });

  test("averages and seconds are rounded half up", () => {
    expect(of(at(0, 60), at(1, 61), at(2, 99))?.averageBpm).toBe(61);
    expect(of(at(0, 60), at(2, 61), at(3, 99))?.averageBpm).toBe(60);
    expect(of(at(0, 60), at(1.5, 60))?.streamedSeconds).toBe(2);
    expect(of(at(0, 60), at(1.499, 60))?.streamedSeconds).toBe(1);
  });

  test("where nothing is covered the average is the plain mean", () => {
    expect(of(at(0, 60), at(60, 61))?.averageBpm).toBe(61);
  });

  test("a covered gap across the end of an hour belongs to both hours", () => {
    const [first, second] = [at(3590, 100), at(3610, 50)];
    expect(of(first, second)?.streamedSeconds).toBe(20);
    expect(of(first, second)?.averageBpm).toBe(100);
  });

  test("calories are reckoned at each hour's mean heart rate, and never below zero", () => {
    const facts = { ageYears: 40, weightKilograms: 80, sex: "male" } as const;
    const minute = (from: number, bpm: number) => [0, 20, 40, 60].map((second) => at(from + second, bpm));
    const both = statisticsOf(byHours([...minute(0, 160), ...minute(3600, 30)]), facts);
    // The second hour's minute, by the equation below zero, takes nothing away.
    expect(both?.kilocalories).toBe(Math.floor(kilocaloriesAMinute(160, facts) + 0.5));
  });

  test("of real recordings are those of a plain reckoning", () => {
    for (const name of ["row-indoor-intervals-28min", "run-tcx-irregular-33min", "strength-80min"]) {
      const kept = byTime(keptReadings(recordingNamed(name)));
      const readings = kept.map(({ measuredAt, bpm }) => ({ at: measuredAt, bpm }));
      const facts = { ageYears: 35, weightKilograms: 62.5, sex: "female" } as const;
      expect(statisticsOf(byHours(readings), facts)).toEqual(plainStatistics(readings, facts));
    }
  });

  test("whatever the readings, they are those of a plain reckoning", () => {
    const reading = fc.record({
      step: fc.integer({ min: 0, max: 40_000 }),
      bpm: fc.integer({ min: 1, max: 250 }),
    });
    fc.assert(
      fc.property(fc.array(reading, { minLength: 1, maxLength: 600 }), fc.nat(HOUR), (steps, start) => {
        let time = NOON + start;
        const readings = steps.map(({ step, bpm }) => {
          time += step;
          return { at: time, bpm };
        });
        expect(statisticsOf(byHours(readings), {})).toEqual(plainStatistics(readings, {}));
      }),
    );
  });
});

describe("calories", () => {
  test("are those of the equations that Keytel et al. published, in kJ a minute", () => {
    const kilojoules = (facts: object) => kilocaloriesAMinute(150, facts) * 4.184;
    const body = { ageYears: 30, weightKilograms: 70 };
    expect(kilojoules({ ...body, sex: "male" })).toBeCloseTo(-55.0969 + 94.635 + 13.916 + 6.051, 9);
    expect(kilojoules({ ...body, sex: "female" })).toBeCloseTo(-20.4022 + 67.08 - 8.841 + 2.22, 9);
  });

  test("of a profile that says nothing are the mean of both sexes at 30 years and 70 kg", () => {
    const body = { ageYears: 30, weightKilograms: 70 };
    const [female, male] = (["female", "male"] as const).map((sex) =>
      kilocaloriesAMinute(120, { ...body, sex }),
    );
    expect(kilocaloriesAMinute(120, {})).toBeCloseTo(((female as number) + (male as number)) / 2, 9);
  });
});
