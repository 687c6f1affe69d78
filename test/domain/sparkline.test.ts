import { describe, expect, test } from "bun:test";
import { sparkline } from "../../src/domain/sparkline.ts";

describe("the trace", () => {
  test("draws a steady pulse steady and in the middle", () => {
    expect(sparkline([70, 70, 70], 1)).toEqual(["▅▅▅"]);
    expect(sparkline([70, 71, 70], 1)).toEqual(["▄▅▄"]);
  });

  test("uses its whole height for a pulse that moves, and leaves gaps as gaps", () => {
    expect(sparkline([60, undefined, 120], 2)).toEqual(["  █", "▁ █"]);
    expect(sparkline([undefined, undefined], 2)).toEqual(["  ", "  "]);
  });
});
