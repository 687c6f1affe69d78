import { describe, expect, test } from "bun:test";
import { ageInYears, isBirthDate } from "../../src/domain/body.ts";

const TODAY = Date.UTC(2024, 1, 29, 12);

describe("a day of birth", () => {
  test("is a day of the calendar from 1900-01-01 to today", () => {
    for (const day of ["1900-01-01", "1990-05-31", "2024-02-29"]) expect(isBirthDate(day, TODAY)).toBe(true);
    for (const day of [
      "1899-12-31",
      "2024-03-01",
      "1990-02-30",
      "1990-13-01",
      "31.05.1990",
      "1990-5-31",
      "",
    ]) {
      expect(isBirthDate(day, TODAY)).toBe(false);
    }
  });

  test("gives whole years, which a birthday adds to", () => {
    expect(ageInYears("1990-02-28", TODAY)).toBe(34);
    expect(ageInYears("1990-02-29", TODAY)).toBe(34);
    expect(ageInYears("1990-03-01", TODAY)).toBe(33);
    expect(ageInYears("2024-02-29", TODAY)).toBe(0);
  });
});
