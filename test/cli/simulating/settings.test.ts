import { describe, expect, test } from "bun:test";
import { UsageError } from "../../../src/cli/failure.ts";
import { readSimulation } from "../../../src/cli/simulating/settings.ts";

describe("the options of simulate", () => {
  const read = (options: object) => readSimulation(options, () => 0.5);

  test("draw a seed where none is given", () => {
    expect(read({})).toEqual({ seed: 500_000, speed: 1, durationMs: undefined, users: undefined });
  });

  test("print at once what has an end, and live what has none", () => {
    expect(read({ print: true, duration: "60" }).speed).toBe("max");
    expect(read({ print: true, duration: "60", speed: "2" }).speed).toBe(2);
    expect(read({ print: true }).speed).toBe(1);
  });

  test.each([
    [{ speed: "max" }, "--duration"],
    [{ speed: "0" }, "--speed"],
    [{ speed: "501" }, "--speed"],
    [{ speed: "fast" }, "--speed"],
    [{ duration: "0" }, "--duration"],
    [{ duration: "-5" }, "--duration"],
    [{ seed: "-1" }, "--seed"],
    [{ seed: "1.5" }, "--seed"],
    [{ seed: "4294967296" }, "--seed"],
    [{ users: "0" }, "--users"],
    [{ users: "1001" }, "--users"],
    [{ users: "2", print: true }, "--print"],
  ])("refuse %j and name %s", (options, flag) => {
    expect(() => read(options)).toThrow(UsageError);
    expect(() => read(options)).toThrow(flag);
  });
});
