import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  hasOurLines,
  leadsHere,
  linesToAdd,
  otherLinesForOurHosts,
  withoutOurLines,
} from "../../../src/cli/dropin/hostsFile.ts";

/** Lines as people and programs leave them, with every kind of end, and bytes that are no UTF-8. */
const line = fc.oneof(
  fc.constantFrom(
    "127.0.0.1 localhost",
    "::1 localhost",
    "# heartwire",
    "",
    "  ",
    "10.0.0.1\tprinter # heartwire drop",
  ),
  fc.string({
    unit: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)),
    maxLength: 20,
  }),
);
const text = fc
  .array(fc.tuple(line, fc.constantFrom("\n", "\r\n", "\n\n")), { maxLength: 8 })
  .chain((lines) =>
    line.map((last) => lines.map(([words, end]) => words + end).join("") + last.replaceAll("\n", "")),
  );

function turnedOn(before: string): string {
  return before + linesToAdd(before);
}

describe("a hosts file", () => {
  test("is byte for byte what it was when our lines are taken out again, whatever was in it", () => {
    fc.assert(
      fc.property(text, (before) => {
        const on = turnedOn(before);
        expect(leadsHere(on)).toBe(true);
        expect(withoutOurLines(on)).toBe(before);
        expect(hasOurLines(withoutOurLines(on))).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  test("keeps what was added before and after our lines meanwhile", () => {
    fc.assert(
      fc.property(text, text, text, (before, first, last) => {
        const lines = first === "" || first.endsWith("\n") ? first : `${first}\n`;
        const left = withoutOurLines(lines + turnedOn(before) + last);
        const isOpen = before !== "" && !before.endsWith("\n");
        // A line's end that somebody writes on after is no longer ours to take.
        expect(left).toBe(lines + before + (isOpen && last !== "" ? "\n" : "") + last);
      }),
      { numRuns: 1_000 },
    );
  });

  test("leads nothing here when one of our lines is missing or was changed", () => {
    const on = turnedOn("127.0.0.1 localhost\n");
    expect(leadsHere(on.replace(/^::1 pulsoid.*\n/m, ""))).toBe(false);
    expect(leadsHere(on.replace(" stromno.com", ""))).toBe(false);
    expect(leadsHere(on.replace("127.0.0.1 pulsoid", "10.0.0.1 pulsoid"))).toBe(false);
    expect(leadsHere("127.0.0.1 localhost\n")).toBe(false);
  });

  test("that names one of the hosts in a line of somebody else's is told", () => {
    const own = "0.0.0.0 Pulsoid.net ads.example # blocked\n# 1.2.3.4 pulsoid.net\n1.2.3.4 notpulsoid.net\n";
    expect(otherLinesForOurHosts(turnedOn(own))).toEqual(["0.0.0.0 Pulsoid.net ads.example"]);
  });
});
