import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { EpochMs } from "../../src/domain/reading.ts";
import { decodeWireLine, encodeWireBody, shown } from "../../src/exchange/ndjson.ts";

const RECORDINGS = join(import.meta.dir, "../recordings");

describe("a line of NDJSON", () => {
  test("holds the body of one request, with or without spaces, other fields or a line end", () => {
    const reading = { measuredAt: 1709312400000 as EpochMs, heartRate: 75 };
    for (const line of [
      '{"measured_at":1709312400000,"data":{"heart_rate":75}}',
      ' { "data" : { "heart_rate" : 75.0, "rr": [800] } , "measured_at" : 1709312400000 } \r',
      '\uFEFF{"measured_at":1709312400000.9,"data":{"heart_rate":75},"device":"strap"}',
      '{"measured_at":1709312400000123,"data":{"heart_rate":75}}',
    ]) {
      expect(decodeWireLine(line)).toEqual({ reading });
    }
  });

  test("may hold a rate of 0 or below, which is passed on", () => {
    for (const [written, heartRate] of [
      ["0", 0],
      ["-0", 0],
      ["-7", -7],
    ] as const) {
      const { reading } = decodeWireLine(`{"measured_at":1,"data":{"heart_rate":${written}}}`);
      expect(reading).toEqual({ measuredAt: 1 as EpochMs, heartRate });
    }
  });

  test.each([
    ["heart rate: 72", 'expected a JSON object, got "heart rate: 72"'],
    ['{"measured_at":1,"data":{"heart_rate":72}', "expected a JSON object"],
    ["[1,72]", "expected a JSON object"],
    ["null", "expected a JSON object"],
    ["72", "expected a JSON object"],
    ["{}", "data: expected an object, got nothing"],
    ['{"measured_at":1,"data":[72]}', "data: expected an object, got a list"],
    ['{"data":{"heart_rate":72}}', "measured_at: expected Unix time in milliseconds, got nothing"],
    [
      '{"measured_at":"1","data":{"heart_rate":72}}',
      'measured_at: expected Unix time in milliseconds, got the text "1"',
    ],
    [
      '{"measured_at":-1,"data":{"heart_rate":72}}',
      "measured_at: expected Unix time in milliseconds, got -1",
    ],
    ['{"measured_at":9007199254740993,"data":{"heart_rate":72}}', "measured_at: expected Unix time"],
    ['{"measured_at":1e999,"data":{"heart_rate":72}}', "measured_at: expected Unix time"],
    ['{"measured_at":1,"data":{}}', "data.heart_rate: expected a whole number of at most 65535, got nothing"],
    ['{"measured_at":1,"data":{"heart_rate":null}}', "got null"],
    ['{"measured_at":1,"data":{"heart_rate":"72"}}', 'got the text "72"'],
    ['{"measured_at":1,"data":{"heart_rate":72.5}}', "got 72.5"],
    ['{"measured_at":1,"data":{"heart_rate":-0.5}}', "got -0.5"],
    ['{"measured_at":1,"data":{"heart_rate":65536}}', "got 65536"],
    ['{"measured_at":1,"data":{"heart_rate":true}}', "got true"],
    ['{"measured_at":1,"data":{"heart_rate":{}}}', "got an object"],
  ])("that is wrong is met with what was expected: %s", (line, problem) => {
    const decoded = decodeWireLine(line);
    expect(decoded.reading).toBeUndefined();
    expect(decoded.problem).toContain(problem);
  });

  test("is accepted at the largest rate and time, and not one past them", () => {
    const line = (time: number | bigint, rate: number) =>
      `{"measured_at":${time},"data":{"heart_rate":${rate}}}`;
    expect(decodeWireLine(line(0, 65_535)).reading).toEqual({ measuredAt: 0 as EpochMs, heartRate: 65_535 });
    expect(decodeWireLine(line(Number.MAX_SAFE_INTEGER, 1)).problem).toBeUndefined();
    expect(decodeWireLine(line(0, 65_536)).problem).toBeDefined();
    expect(decodeWireLine(line(BigInt(Number.MAX_SAFE_INTEGER) + 1n, 1)).problem).toBeDefined();
  });

  test("comes back as it was after writing and reading any reading", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e14 - 1 }),
        fc.integer({ min: -100, max: 65_535 }),
        (time, rate) => {
          const reading = { measuredAt: time as EpochMs, heartRate: rate };
          const body = encodeWireBody(reading);
          expect(JSON.parse(body)).toEqual({ measured_at: time, data: { heart_rate: rate } });
          expect(decodeWireLine(body)).toEqual({ reading });
        },
      ),
    );
  });

  test("never makes the reader throw", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.json()), (line) => {
        const decoded = decodeWireLine(line);
        expect(typeof (decoded.problem ?? decoded.reading)).not.toBe("undefined");
      }),
      { numRuns: 2_000 },
    );
  });
});

test("every line of the real recordings is read", () => {
  for (const name of readdirSync(RECORDINGS).filter((file) => file.endsWith(".ndjson"))) {
    for (const line of readFileSync(join(RECORDINGS, name), "utf8").trimEnd().split("\n")) {
      expect(JSON.parse(encodeWireBody(decodeWireLine(line).reading!))).toEqual(JSON.parse(line));
    }
  }
});

test("input shown in a message is short and cannot move the cursor", () => {
  expect(shown("\x1b[2Jred\tblue")).toBe('"[2Jred blue"');
  expect(shown("x".repeat(1_000)).length).toBeLessThan(70);
  expect(shown("  ")).toBe("nothing");
});
