import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  dataFoldersIn,
  hasOurLines,
  leadsHere,
  leadsHereFrom,
  linesThatWin,
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

const FOLDER = "/srv/heart";

function turnedOn(before: string, dataFolder = FOLDER): string {
  return before + linesToAdd(before, dataFolder);
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

  test("names the data folders for which it was changed, whatever they are called", () => {
    fc.assert(
      fc.property(text, fc.string({ unit: "grapheme", minLength: 1 }), (before, name) => {
        const folder = `/srv/${name}`;
        const on = turnedOn(before, folder);
        expect(dataFoldersIn(on)).toEqual([folder]);
        expect(leadsHereFrom(on, folder)).toBe(true);
        expect(leadsHereFrom(on, "/srv")).toBe(false);
        expect(on).toMatch(/^.*# heartwire dropin: prepared in [\x21-\x7e]+$/m);
        expect(withoutOurLines(on)).toBe(before);
      }),
      { numRuns: 1_000 },
    );
    const first = turnedOn("127.0.0.1 localhost\n", "/srv/one");
    const second = withoutOurLines(first) + linesToAdd(first, "C:\\Users\\100% $me`s");
    expect(dataFoldersIn(second)).toEqual(["/srv/one", "C:\\Users\\100% $me`s"]);
    expect(dataFoldersIn("# heartwire dropin: prepared in %E0%A4%A\n")).toEqual([]);
  });

  test("tells apart the lines of somebody else that stand before ours and win, and those after them", () => {
    const on = turnedOn("0.0.0.0 pulsoid.net\n");
    expect(linesThatWin(on)).toEqual(["0.0.0.0 pulsoid.net"]);
    expect(linesThatWin(`${turnedOn("127.0.0.1 localhost\n")}0.0.0.0 pulsoid.net\n`)).toEqual([]);
    expect(linesThatWin("0.0.0.0 pulsoid.net\n")).toEqual(["0.0.0.0 pulsoid.net"]);
  });

  test("that names one of the hosts in a line of somebody else's is told", () => {
    const own = "0.0.0.0 Pulsoid.net ads.example # blocked\n# 1.2.3.4 pulsoid.net\n1.2.3.4 notpulsoid.net\n";
    expect(otherLinesForOurHosts(turnedOn(own))).toEqual(["0.0.0.0 Pulsoid.net ads.example"]);
  });
});
