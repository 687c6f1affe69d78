import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { SIMULATION_SPEED_MAX, SIMULATION_SPEED_MIN } from "../../../src/cli/simulating/settings.ts";
import { createTimetable } from "../../../src/cli/simulating/timetable.ts";
import type { EpochMs } from "../../../src/domain/reading.ts";

const NOON = Date.UTC(2026, 5, 1, 12) as EpochMs;

describe("the timetable", () => {
  test("with a duration ends the simulated time just when the run ends", () => {
    const timetable = createTimetable(10, 60_000, NOON);
    expect(timetable.heartStartAt).toBe((NOON - 54_000) as EpochMs);
    expect(timetable.heartEndAt).toBe(NOON + 6_000);
    const last = (timetable.heartEndAt - 1) as EpochMs;
    expect(timetable.dueAfterMs(last)).toBeCloseTo(6_000, -1);
    expect(timetable.measuredAt(last)).toBe(last);
  });

  test("at the greatest speed fills the time before now, without waiting", () => {
    const timetable = createTimetable("max", 3_600_000, NOON);
    expect(timetable.heartStartAt).toBe((NOON - 3_600_000) as EpochMs);
    expect(timetable.heartEndAt).toBe(NOON);
    expect(timetable.dueAfterMs(NOON)).toBe(0);
  });

  test("without a duration gives each reading the time at which it is due", () => {
    const timetable = createTimetable(10, undefined, NOON);
    const heartAt = (NOON + 60_000) as EpochMs;
    expect(timetable.heartEndAt).toBe(Number.POSITIVE_INFINITY);
    expect(timetable.dueAfterMs(heartAt)).toBe(6_000);
    expect(timetable.measuredAt(heartAt)).toBe((NOON + 6_000) as EpochMs);
  });

  test("never gives a time that lies in the future when the reading is due, nor one time twice", () => {
    const speed = fc.oneof(
      fc.constant("max" as const),
      fc.double({ min: SIMULATION_SPEED_MIN, max: SIMULATION_SPEED_MAX, noNaN: true }),
    );
    const durationMs = fc.option(fc.integer({ min: 1000, max: 100_000_000 }), { nil: undefined });
    const spacingMs = fc.integer({ min: 860, max: 1200 });
    fc.assert(
      fc.property(speed, durationMs, spacingMs, fc.nat(1000), (speed, durationMs, spacingMs, step) => {
        fc.pre(speed !== "max" || durationMs !== undefined);
        const timetable = createTimetable(speed, durationMs, NOON);
        const heartAt = (timetable.heartStartAt + step * spacingMs) as EpochMs;
        fc.pre(heartAt < timetable.heartEndAt);
        const measuredAt = timetable.measuredAt(heartAt);
        expect(measuredAt).toBeLessThanOrEqual(NOON + timetable.dueAfterMs(heartAt) + 1e-3);
        expect(timetable.measuredAt((heartAt + spacingMs) as EpochMs)).toBeGreaterThan(measuredAt);
      }),
    );
  });
});
