import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { EpochMs } from "../../src/domain/reading.ts";
import { type CsvLayout, decodeCsvRow, readCsvHeader, splitCsvRow } from "../../src/exchange/csv.ts";

const READING = { measuredAt: 1709312400000 as EpochMs, heartRate: 75 };

function layoutOf(header: string): CsvLayout {
  const layout = readCsvHeader(header);
  if ("problem" in layout) throw new Error(layout.problem);
  return layout;
}

describe("the header row", () => {
  test.each([
    ["measured_at,heart_rate", "1709312400000,75"],
    ["heart_rate,measured_at", "75,1709312400000"],
    ["time,bpm", "1709312400000,75"],
    ["Timestamp, BPM", "1709312400000, 75"],
    ["\uFEFFmeasured_at,heart_rate\r", "1709312400000,75\r"],
    ['\uFEFF"measured_at";"heart_rate"', '"1709312400000";"75"'],
    ["lap;measured_at;power;heart_rate;note", "1;1709312400000;210,5;75;steady"],
    ["measured_at\theart_rate", "1709312400000\t75"],
    ["time,measured_at,heart_rate", "soon,1709312400000,75"],
  ])("may name the columns in any order, beside others, with any usual separator: %s", (header, row) => {
    expect(decodeCsvRow(layoutOf(header), row)).toEqual({ reading: READING });
  });

  test.each([
    "1709312400000,75",
    "measured_at,power",
    "heart_rate",
    "",
    "measured_at|heart_rate",
    '"time,bpm',
  ])("that names no time or no rate is met with the names that are known: %s", (header) => {
    const layout = readCsvHeader(header);
    expect("problem" in layout && layout.problem).toContain(
      "expected a header row with a column measured_at",
    );
  });
});

describe("a time", () => {
  test.each([
    "1709312400000",
    "1709312400000.7",
    "1709312400000000",
    "2024-03-01T17:00:00Z",
    "2024-03-01 17:00:00Z",
    "2024-03-01t17:00z",
    "2024-03-01T17:00:00.000+00:00",
    "2024-03-01T19:00:00+02:00",
    "2024-03-01T11:30:00-0530",
    "2024-03-01 18:00:00 +01",
    "2024-03-02T01:00:00,0009+08:00",
  ])("is read as Unix milliseconds or ISO 8601 with a zone: %s", (time) => {
    expect(decodeCsvRow(layoutOf("time;bpm"), `${time};75`)).toEqual({ reading: READING });
  });

  test("keeps its milliseconds exactly", () => {
    const layout = layoutOf("time,bpm");
    for (let fraction = 0; fraction < 1_000; fraction++) {
      const iso = new Date(READING.measuredAt + fraction).toISOString();
      expect(decodeCsvRow(layout, `${iso},75`)?.reading?.measuredAt as number).toBe(
        READING.measuredAt + fraction,
      );
    }
  });

  test.each([
    [
      "2024-03-01T17:00:00",
      'time: expected a time with its zone (Z or +02:00 at the end), got "2024-03-01T17:00:00"',
    ],
    ["2024-02-30T17:00:00Z", "time: expected a time that exists"],
    ["2024-13-01T17:00:00Z", "time: expected a time that exists"],
    ["2024-03-01T25:00:00Z", "time: expected a time that exists"],
    ["01/03/2024 17:00", "time: expected Unix time in milliseconds or a time such as 2024-03-01T17:00:00Z"],
    ["", "got nothing"],
    ["-5", "time: expected Unix time"],
    [
      "1764064800",
      'time: expected Unix time in milliseconds (this looks like seconds: add three zeros), got "1764064800"',
    ],
    ["100000000", "looks like seconds"],
    ["99999999999", "looks like seconds"],
    ["9007199254740993", "time: expected Unix time in milliseconds, got"],
    ["1960-03-01T17:00:00Z", "time: expected Unix time in milliseconds, got -"],
  ])("that cannot be placed is refused: %s", (time, problem) => {
    expect(decodeCsvRow(layoutOf("time,bpm"), `${time},75`)?.problem).toContain(problem);
  });
});

describe("a rate", () => {
  test.each([
    ["0", 0],
    ["-3", -3],
    ["72.0", 72],
    ['"72"', 72],
    ["65535", 65_535],
  ])("is a whole number: %s", (rate, heartRate) => {
    expect(decodeCsvRow(layoutOf("time,bpm"), `5,${rate}`)?.reading?.heartRate).toBe(heartRate);
  });

  test.each([
    ["", "bpm: expected a whole number, got nothing"],
    ["--", 'bpm: expected a whole number, got "--"'],
    ["72.5", 'bpm: expected a whole number, got "72.5"'],
    ["1e2", "bpm: expected a whole number"],
    ["65536", "bpm: expected a whole number of at most 65535, got 65536"],
  ])("that is none is refused: %s", (rate, problem) => {
    expect(decodeCsvRow(layoutOf("time,bpm"), `5,${rate}`)?.problem).toContain(problem);
  });
});

describe("a row", () => {
  test("of empty fields, as spreadsheets leave them, is nothing", () => {
    expect(decodeCsvRow(layoutOf("time,bpm,note"), ", ,")).toBeUndefined();
  });

  test("with too few fields is refused", () => {
    expect(decodeCsvRow(layoutOf("time,bpm"), "5")?.problem).toContain(
      "bpm: expected a whole number, got nothing",
    );
  });

  test("whose quoted field goes on in the next line is refused", () => {
    expect(decodeCsvRow(layoutOf("time,bpm,note"), '5,72,"two')?.problem).toContain(
      "cannot go on in the next line",
    );
  });

  test("may hold separators and quotes in quoted fields", () => {
    expect(splitCsvRow('"a,b",c,"say ""hi""",,"", 5" tape', ",")).toEqual([
      "a,b",
      "c",
      'say "hi"',
      "",
      "",
      ' 5" tape',
    ]);
  });

  test("comes back as it was after quoting and splitting any fields", () => {
    const field = fc.string().map((text) => text.replace(/[\r\n]/g, " "));
    fc.assert(
      fc.property(fc.array(field, { minLength: 1 }), fc.constantFrom(",", ";", "\t"), (fields, separator) => {
        const row = fields.map((text) => `"${text.replaceAll('"', '""')}"`).join(separator);
        expect(splitCsvRow(row, separator)).toEqual(fields);
      }),
    );
  });

  test("never makes the reader throw", () => {
    const layout = layoutOf("time,bpm");
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (row) => {
        decodeCsvRow(layout, row);
        readCsvHeader(row);
      }),
      { numRuns: 2_000 },
    );
  });
});
