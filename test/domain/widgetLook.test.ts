import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { colorOf, lookOf } from "../../src/domain/widgetLook.ts";

const RED = "#ff0000ff";
const BLUE = "#0000FF";

describe("the look of a widget", () => {
  test("is what its configuration says, and nothing else that is in it", () => {
    const ranges = [{ from: 0, to: 99, color: BLUE, label: "calm" }];
    expect(lookOf({ heartEnabled: false, heartColor: RED, ranges, note: "call me" })).toEqual({
      heartEnabled: false,
      heartColor: RED,
      ranges: [{ from: 0, to: 99, color: BLUE }],
    });
  });

  test("is the usual one where the configuration says nothing, or nothing that makes sense", () => {
    for (const configuration of [
      {},
      { heartEnabled: "no", heartColor: "red", ranges: { from: 0 } },
      { heartColor: "url(https://example.org/)", ranges: [null, 7, "x", {}, []] },
      { heartColor: `${RED};background:red`, ranges: [{ from: "0", to: 1, color: RED }] },
      {
        heartColor: "#12345",
        ranges: [
          { from: 0, to: 1, color: "red" },
          { from: 0, color: RED },
        ],
      },
    ]) {
      expect(lookOf(configuration)).toEqual({ heartEnabled: true, ranges: [] });
    }
  });

  test("can be told from any configuration, and holds nothing but numbers and colours", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue(), (rest, ranges) => {
        expect(JSON.stringify(lookOf({ ...rest, ranges }))).toMatch(/^[\w#":,.[\]{}+-]*$/);
      }),
    );
  });
});

describe("the colour of a heart rate", () => {
  const look = lookOf({
    ranges: [
      { from: 0, to: 99, color: BLUE },
      { from: 99, to: 140.5, color: RED },
    ],
  });

  test("is that of the first range which holds it, the bounds included", () => {
    expect([0, 99, 100, 140].map((bpm) => colorOf(bpm, look))).toEqual([BLUE, BLUE, RED, RED]);
  });

  test("is the usual one outside of all ranges", () => {
    expect(colorOf(141, look)).toBeUndefined();
    expect(colorOf(72, lookOf({}))).toBeUndefined();
  });
});
