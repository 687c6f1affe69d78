import { describe, expect, test } from "bun:test";
import { UsageError } from "../../../src/cli/failure.ts";
import {
  DURATION_SECONDS_MAX,
  readSimulation,
  SEED_MAX,
  SIMULATED_USERS_MAX,
  SIMULATION_SPEED_MAX,
  SIMULATION_SPEED_MIN,
} from "../../../src/cli/simulating/settings.ts";

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

  test("may be as large and as small as their bounds", () => {
    const largest = {
      seed: `${SEED_MAX}`,
      speed: `${SIMULATION_SPEED_MAX}`,
      duration: `${DURATION_SECONDS_MAX}`,
      users: `${SIMULATED_USERS_MAX}`,
    };
    expect(read(largest)).toEqual({
      seed: SEED_MAX,
      speed: SIMULATION_SPEED_MAX,
      durationMs: DURATION_SECONDS_MAX * 1_000,
      users: SIMULATED_USERS_MAX,
    });
    const least = { seed: "0", speed: `${SIMULATION_SPEED_MIN}`, duration: "1", users: "1" };
    expect(read(least)).toEqual({ seed: 0, speed: SIMULATION_SPEED_MIN, durationMs: 1_000, users: 1 });
  });

  test.each([
    [{ speed: "max" }, "--duration"],
    [{ speed: "0" }, "--speed"],
    [{ speed: `${SIMULATION_SPEED_MIN / 10}` }, "--speed"],
    [{ speed: `${SIMULATION_SPEED_MAX + 1}` }, "--speed"],
    [{ speed: "fast" }, "--speed"],
    [{ duration: "0" }, "--duration"],
    [{ duration: `${DURATION_SECONDS_MAX + 1}` }, "--duration"],
    [{ duration: "-5" }, "--duration"],
    [{ seed: "-1" }, "--seed"],
    [{ seed: "1.5" }, "--seed"],
    [{ seed: `${SEED_MAX + 1}` }, "--seed"],
    [{ users: "0" }, "--users"],
    [{ users: `${SIMULATED_USERS_MAX + 1}` }, "--users"],
    [{ users: "2", print: true }, "--print"],
  ])("refuse %j and name %s", (options, flag) => {
    expect(() => read(options)).toThrow(UsageError);
    expect(() => read(options)).toThrow(flag);
  });
});
