import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  ABOVE_LOWEST,
  CHANGES,
  CHANGES_OF_CHANGES,
  CHANGES_OF_SUM,
  GRID,
} from "../../src/storage/sqlite/columns.ts";
import { sealHour, unsealHour, unsealTimes } from "../../src/storage/sqlite/sealedHour.ts";
import { byTime, keptReadings, RECORDINGS } from "../support/recordings.ts";

const CODINGS = { CHANGES, CHANGES_OF_CHANGES, ABOVE_LOWEST, CHANGES_OF_SUM, GRID };
const HOUR = 3_600_000;

/** Differences of times within what a claimed time can be: below 1e14 ms. */
const value = fc.oneof(fc.integer({ min: -100, max: 100 }), fc.integer({ min: -1e13, max: 1e13 }));
const rows = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 200 });

describe("a column", () => {
  for (const [name, coding] of Object.entries(CODINGS)) {
    test(`written as ${name} is read as it was`, () => {
      fc.assert(
        fc.property(rows, (pairs) => {
          const values = pairs.map(([first]) => first);
          const beside = pairs.map(([, second]) => second);
          // A grid is of times, which rise.
          if (coding === GRID) values.sort((a, b) => a - b);
          const bytes = coding.encode(values, beside);
          expect([...coding.decode(bytes, values.length, beside)]).toEqual(values);
        }),
      );
    });
  }
});

describe("a sealed hour", () => {
  test("holds the readings of every recording exactly, as they were sent", () => {
    for (const recording of RECORDINGS) {
      const kept = byTime(keptReadings(recording));
      for (const [hour, own] of Map.groupBy(kept, ({ measuredAt }) => Math.floor(measuredAt / HOUR))) {
        const readings = own.map((one, place) => ({
          ...one,
          source: 0,
          arrivedAt: one.measuredAt + ((place * 37) % 90),
        }));
        const bytes = sealHour(hour, readings);
        expect(unsealHour(hour, bytes)).toEqual(readings);
        const times = own.map(({ measuredAt }) => measuredAt % HOUR);
        expect([...(unsealTimes(bytes).get(0)?.within ?? [])]).toEqual(times);
      }
    }
  });

  test("holds several sources, RR intervals, and clocks that are years away", () => {
    const readings = [
      { source: 0, measuredAt: 0, arrivedAt: 9e13, bpm: 65_535 },
      { source: 0, measuredAt: 5 * HOUR + 7, arrivedAt: 5 * HOUR, bpm: 1, rrIntervalsMs: [812.5] },
      { source: 3, measuredAt: 9e13, arrivedAt: 5 * HOUR, bpm: 70, rrIntervalsMs: [] },
    ];
    const bytes = sealHour(5, readings);
    expect(unsealHour(5, bytes)).toEqual(readings);
    const ahead = unsealTimes(bytes).get(3);
    expect([ahead?.within.length, ...(ahead?.later ?? [])]).toEqual([0, 9e13 - 5 * HOUR]);
  });

  test("of another form is refused, and so is one that was cut", () => {
    const bytes = sealHour(5, [{ source: 0, measuredAt: 5 * HOUR, arrivedAt: 5 * HOUR, bpm: 70 }]);
    expect(() => unsealHour(5, Uint8Array.from([9, ...bytes.slice(1)]))).toThrow("unknown form");
    expect(() => unsealHour(5, bytes.slice(0, -1))).toThrow();
  });
});
